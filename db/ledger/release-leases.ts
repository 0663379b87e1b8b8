// Leases that nobody holds any more. Only for a database that no other process can use: then whoever held a lease
// when this process starts is dead, and waiting for its end would leave a crash's work undone for half a minute.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

/**
 * Ends every lease now, of recordings and of jobs; the epochs stay, so that a dead holder's commit is still refused (I3). Ended
 * and not forgotten: a purge that has begun must not be undone. Resolves with how many there were.
 */
export async function releaseLeases(db: Db): Promise<number> {
  const released = await db.execute(sql`
    update recordings set lease_until = now() where lease_until > now() returning 1`)
  const jobs = await db.execute(sql`
    update jobs set lease_until = now() where lease_until > now() and done_at is null returning 1`)
  return released.length + jobs.length
}
