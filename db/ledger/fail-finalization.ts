// A finalization that threw: the reason is kept and it is tried again later, by whoever is alive then.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { Claim } from './claim-due.ts'
import { publishEvents } from './publish-event.ts'

type Failure = { claim: Claim; code: string; message: string; retryMs: number }

type FailedRow = { attempts: number; next_attempt_at: string | null }

/** False when the lease was lost meanwhile: then nothing was changed. */
export async function failFinalization(db: Db, failure: Failure): Promise<boolean> {
  const { claim, code, message, retryMs } = failure
  return await db.transaction(async (tx) => {
    const [row] = await tx.execute<FailedRow>(sql`
      update recordings set status = 'failed', lease_until = null, last_error = ${message},
        next_attempt_at = now() + ${retryMs} * interval '1 ms'
      where id = ${claim.id} and lease_epoch = ${claim.epoch} and status = 'finalizing'
      returning attempts, next_attempt_at`)
    if (!row) return false
    const retryAt = row.next_attempt_at && new Date(row.next_attempt_at).toISOString()
    const attempt = row.attempts
    await publishEvents(tx, [{ type: 'failed', id: claim.id, code, message, attempt, retryAt }])
    return true
  })
}

/** How often a recording's finalization was tried since it last succeeded or grew. */
export async function readAttempts(db: Db, id: string): Promise<number> {
  const [row] = await db.execute<{ attempts: number }>(
    sql`select attempts from recordings where id = ${id}`,
  )
  return row?.attempts ?? 0
}
