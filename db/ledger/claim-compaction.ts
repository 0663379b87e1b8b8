// Who compacts which recording: one job per recording, leased and fenced like a finalization. Due is what the rows of the
// recordings say; the job only keeps lease, epoch and attempts.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export const COMPACTION = 'compaction'

export type CompactionClaim = {
  jobId: number
  epoch: number
  attempt: number
  recordingId: string
  /** What is compacted when it succeeds: a chunk that comes meanwhile makes it due again. */
  generation: number
}

/** Queues recordings that have been settled for `afterMs` and changed since they were compacted last. */
export async function queueCompactions(
  db: Db,
  { afterMs, limit }: { afterMs: number; limit: number },
): Promise<number> {
  const before = sql`now() - ${afterMs} * interval '1 ms'`
  const rows = await db.execute(sql`
    insert into jobs (kind, key)
    select ${COMPACTION}, r.id::text from recordings r
    join versions v on v.recording_id = r.id and v.version = r.version
    where r.version > 0 and r.compacted_generation <> r.generation and r.deleted_at is null
      and r.generation = r.finalized_generation
      and r.last_chunk_at < ${before} and v.created_at < ${before}
      and not exists (select 1 from jobs j where j.kind = ${COMPACTION} and j.key = r.id::text)
    order by r.last_chunk_at limit ${limit}
    on conflict (kind, key) do nothing
    returning 1`)
  return rows.length
}

type ClaimedRow = { id: string; key: string; epoch: string; attempts: number }

/** The next job that is due, or null. One whose recording is deleted or live again ends here. */
export async function claimCompaction(db: Db, leaseMs: number): Promise<CompactionClaim | null> {
  for (;;) {
    const [row] = await db.execute<ClaimedRow>(sql`
      update jobs set lease_epoch = lease_epoch + 1, attempts = attempts + 1,
        lease_until = now() + ${leaseMs} * interval '1 ms'
      where id = (
        select id from jobs where kind = ${COMPACTION} and done_at is null and run_at <= now()
          and (lease_until is null or lease_until < now())
        order by run_at limit 1 for update skip locked)
      returning id, key, lease_epoch as epoch, attempts`)
    if (!row) return null
    const lease = { jobId: Number(row.id), epoch: Number(row.epoch), attempt: row.attempts }
    const generation = await settledGeneration(db, row.key)
    if (generation !== null) return { ...lease, recordingId: row.key, generation }
    await endCompaction(db, lease)
  }
}

/** null = there is nothing to compact now; when it is settled again it is queued again. */
async function settledGeneration(db: Db, recordingId: string): Promise<number | null> {
  const [row] = await db.execute<{ generation: string }>(sql`
    select generation from recordings where id = ${recordingId}
      and deleted_at is null and generation = finalized_generation and version > 0`)
  return row ? Number(row.generation) : null
}

type Lease = Pick<CompactionClaim, 'jobId' | 'epoch'>

/** False when the lease is lost. */
export async function renewCompaction(db: Db, lease: Lease, leaseMs: number): Promise<boolean> {
  const rows = await db.execute(sql`
    update jobs set lease_until = now() + ${leaseMs} * interval '1 ms'
    where id = ${lease.jobId} and lease_epoch = ${lease.epoch}
    returning 1`)
  return rows.length > 0
}

/** Gives the lease back, to be tried again after `retryMs`. */
export async function postponeCompaction(
  db: Db,
  lease: Lease,
  { retryMs, error }: { retryMs: number; error: string | null },
): Promise<void> {
  await db.execute(sql`
    update jobs set lease_until = null, run_at = now() + ${retryMs} * interval '1 ms',
      last_error = ${error}, attempts = attempts - ${error === null ? 1 : 0}
    where id = ${lease.jobId} and lease_epoch = ${lease.epoch}`)
}

/**
 * Ends the job; false when the lease is lost. Part of the transaction that commits what was done. Its row goes: there would
 * be one for every recording. The next job has another id, so whoever held this lease stays fenced.
 */
export async function endCompaction(tx: Db, lease: Lease): Promise<boolean> {
  const rows = await tx.execute(sql`
    delete from jobs where id = ${lease.jobId} and lease_epoch = ${lease.epoch} returning 1`)
  return rows.length > 0
}

/** Whether nobody compacts the recording: then no object can come to be named by a row any more. */
export async function isCompactionIdle(db: Db, recordingId: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from jobs where kind = ${COMPACTION} and key = ${recordingId}`)
  return rows.length === 0
}

/** With the recording's last row; nobody can commit anything for it after that. */
export async function forgetCompaction(tx: Db, recordingId: string): Promise<void> {
  await tx.execute(sql`delete from jobs where kind = ${COMPACTION} and key = ${recordingId}`)
}
