// How a leased job ends: done, failed for good, to be tried again, or handed back. Each is one fenced update; false
// means that the lease was lost meanwhile, and then nothing was changed.
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { JobClaim } from './claim-jobs.ts'
import { keptPercent } from './keep-job-part.ts'
import { type JobName, publishJob } from './queue-job.ts'

/** What was made: a file of the recording's folder, and what its readers need beside it. */
export type MadeFile = {
  /** null: the recording has nothing that this could be made from. */
  file: string | null
  bytes: number
  /** Where each poster lies in the file: [offset, bytes]. */
  parts?: readonly (readonly [number, number])[]
}

export async function completeJob(db: Db, claim: JobClaim, made: MadeFile): Promise<boolean> {
  return await settle(db, claim, {
    set: sql`status = 'done', progress = 100, done_at = now(), used_at = now(),
      data = ${JSON.stringify(made)}::text::jsonb, error_code = null, last_error = null`,
    news: { status: 'done' },
  })
}

export type JobFailure = {
  code: string
  message: string
  /** When it is tried again; null = never by itself. */
  retryMs: number | null
  /** False where the attempt could not even begin. @default true */
  isCounted?: boolean
}

export async function failJob(db: Db, claim: JobClaim, failure: JobFailure): Promise<boolean> {
  const { code, message, retryMs, isCounted = true } = failure
  const why = sql`error_code = ${code}, last_error = ${message}`
  if (retryMs === null) {
    const set = sql`status = 'failed', progress = 0, done_at = now(), ${why}`
    return await settle(db, claim, { set, news: { status: 'failed', code } })
  }
  const set = sql`status = 'waiting', progress = ${keptPercent},
    attempts = attempts - ${isCounted ? 0 : 1},
    run_at = now() + ${retryMs} * interval '1 ms', ${why}`
  return await settle(db, claim, { set, news: { status: 'waiting', code } })
}

/** Hands the job back at once: this server stops. The attempt does not count. */
export async function releaseJob(db: Db, claim: JobClaim): Promise<boolean> {
  const set = sql`status = 'waiting', progress = ${keptPercent}, attempts = attempts - 1`
  return await settle(db, claim, { set, news: { status: 'waiting' } })
}

type Ending = {
  set: SQL
  news: { status: 'waiting' | 'done' | 'failed'; code?: string }
}

async function settle(db: Db, claim: JobClaim, { set, news }: Ending): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const [row] = await tx.execute<{ progress: number }>(sql`
      update jobs set ${set}, lease_until = null
      where id = ${claim.id} and lease_epoch = ${claim.epoch} and status = 'running'
        and exists (select 1 from recordings r
          where r.id = recording_id and r.deleted_at is null)
      returning progress`)
    if (!row) return false
    await publishJob(tx, { ...claim, ...news, progress: row.progress })
    return true
  })
}

/** Fences whoever works on it. False when there is nothing to cancel. */
export async function cancelJob(db: Db, job: JobName): Promise<boolean> {
  const { kind, recordingId, version } = job
  return await db.transaction(async (tx) => {
    const rows = await tx.execute(sql`
      update jobs set status = 'cancelled', progress = 0, done_at = now(), lease_until = null,
        lease_epoch = lease_epoch + 1, error_code = 'job_cancelled', last_error = null
      where kind = ${kind} and key = ${`${recordingId}/${version}`} and done_at is null
      returning 1`)
    if (rows.length === 0) return false
    const code = 'job_cancelled'
    await publishJob(tx, { ...job, status: 'cancelled', progress: 0, code })
    return true
  })
}
