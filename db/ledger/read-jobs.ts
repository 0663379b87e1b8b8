// How jobs stand, for those who ask for what they make.
import type { JobKind, JobStatus } from '@holdfast/protocol'
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { jobs } from '../schema.ts'
import type { JobName } from './queue-job.ts'
import type { MadeFile } from './settle-job.ts'

export type ReadJob = JobName & {
  id: number
  epoch: number
  status: JobStatus
  progress: number
  attempts: number
  errorCode: string | null
  lastError: string | null
  /** null until it is done. */
  made: MadeFile | null
}

/** null when nobody asked for it yet. */
export async function readJob(db: Db, { kind, recordingId, version }: JobName) {
  const where = and(eq(jobs.kind, kind), eq(jobs.key, `${recordingId}/${version}`))
  const [row] = await db.select().from(jobs).where(where)
  return row ? toJob(row) : null
}

/** The jobs of one version of a recording. */
export async function readJobs(db: Db, recordingId: string, version: number): Promise<ReadJob[]> {
  const where = and(eq(jobs.recordingId, recordingId), eq(jobs.version, version))
  const rows = await db.select().from(jobs).where(where).orderBy(jobs.kind)
  return rows.map(toJob)
}

function toJob(row: typeof jobs.$inferSelect): ReadJob {
  const { id, status, progress, attempts, errorCode, lastError } = row
  return {
    ...{ id, status, progress, attempts, errorCode, lastError },
    kind: row.kind as JobKind,
    recordingId: row.recordingId ?? '',
    version: row.version ?? 0,
    epoch: row.leaseEpoch,
    made: status === 'done' ? (row.data as MadeFile) : null,
  }
}

/** Writes down that what was made is of use; to the hour, since players ask often. */
export async function touchJob(db: Db, id: number): Promise<void> {
  await db.execute(sql`
    update jobs set used_at = now()
    where id = ${id} and (used_at is null or used_at < now() - interval '1 hour')`)
}

/** What is to be made from recordings and is not yet. */
export async function countJobsPending(db: Db): Promise<number> {
  const [row] = await db.execute<{ pending: number }>(
    sql`select count(*)::int as pending from jobs where done_at is null and recording_id is not null`,
  )
  return row?.pending ?? 0
}
