// Puts work into the queue: one row per kind and version of a recording, however often it is asked for.
import type { JobKind } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { publishEvents } from './publish-event.ts'

/** Which job: what is made from which version of which recording. */
export type JobName = { kind: JobKind; recordingId: string; version: number }

/**
 * Queues the job unless it is known; with `again` also one that failed, was cancelled, or lost its result. Does nothing
 * for a recording that is deleted.
 * @returns whether it waits now because of this call
 */
export async function queueJob(db: Db, job: JobName, again: boolean): Promise<boolean> {
  return await db.transaction((tx) => queueIn(tx, job, again))
}

async function queueIn(tx: Db, job: JobName, again: boolean): Promise<boolean> {
  const { kind, recordingId, version } = job
  const rows = await tx.execute(sql`
      insert into jobs (kind, key, recording_id, version)
      select ${kind}, ${`${recordingId}/${version}`}, r.id, ${version}
      from recordings r where r.id = ${recordingId} and r.deleted_at is null
      on conflict (kind, key) do update set status = 'waiting', progress = 0, attempts = 0,
        run_at = now(), lease_epoch = jobs.lease_epoch + 1, lease_until = null, data = '{}',
        error_code = null, last_error = null, done_at = null, used_at = null
      where ${again} and jobs.done_at is not null
      returning 1`)
  if (rows.length === 0) return false
  await publishJob(tx, { ...job, status: 'waiting', progress: 0 })
  return true
}

type JobNews = JobName & {
  status: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  progress: number
  code?: string
}

/** Tells how a job stands, in the transaction that made it so. */
export async function publishJob(tx: Db, news: JobNews): Promise<void> {
  const { kind, recordingId, version, status, progress, code } = news
  const about = { type: 'job' as const, id: recordingId, job: kind, version, status, progress }
  await publishEvents(tx, [code === undefined ? about : { ...about, code }])
}

/**
 * A new version makes the jobs of the older ones stale: what still waits or runs is cancelled and queued for the new one,
 * beside `kinds`. Call it in the transaction that commits the version.
 */
export async function queueForVersion(
  tx: Db,
  { recordingId, version }: Omit<JobName, 'kind'>,
  kinds: readonly JobKind[],
): Promise<void> {
  const stale = await tx.execute<{ kind: JobKind; version: number }>(sql`
    update jobs set status = 'cancelled', done_at = now(), lease_until = null,
      lease_epoch = lease_epoch + 1, error_code = 'job_cancelled',
      last_error = 'A newer version of the recording took its place.'
    where recording_id = ${recordingId} and version < ${version} and done_at is null
    returning kind, version`)
  for (const { kind, version: old } of stale) {
    const news = { kind, recordingId, version: old, status: 'cancelled' as const, progress: 0 }
    await publishJob(tx, { ...news, code: 'job_cancelled' })
  }
  for (const kind of new Set([...kinds, ...stale.map((job) => job.kind)])) {
    await queueIn(tx, { kind, recordingId, version }, true)
  }
}
