// Keeps a lease alive while a long layout is computed. Fenced: a lost lease cannot be renewed.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { Claim } from './claim-due.ts'

/** False when the lease is lost. */
export async function renewLease(db: Db, claim: Claim, leaseMs: number): Promise<boolean> {
  const rows = await db.execute(sql`
    update recordings set lease_until = now() + ${leaseMs} * interval '1 ms'
    where id = ${claim.id} and lease_epoch = ${claim.epoch} and status = 'finalizing'
      and lease_until is not null
    returning 1`)
  return rows.length > 0
}
