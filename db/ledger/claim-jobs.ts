// Takes the lease of jobs that are due, exactly as the sweeper takes recordings: rows of others are skipped, the
// epoch fences whoever was too slow, and a dead worker's job is due again when its lease has run out.
import type { JobKind } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { type KeptParts, keptPercent, type UnfinishedJob } from './keep-job-part.ts'
import { type JobName, publishJob } from './queue-job.ts'

export type JobClaim = JobName & {
  id: number
  epoch: number
  /** Which attempt this is, from 1. One that a dead worker began counts. */
  attempt: number
  /** What attempts before this one finished, and how far they were with it. */
  kept: KeptParts
  progress: number
}

type ClaimQuery = { kinds: readonly JobKind[]; leaseMs: number; limit: number }

type ClaimedRow = {
  id: string
  kind: JobKind
  recording_id: string
  version: number
  epoch: string
  attempt: number
  data: UnfinishedJob
}

/** The jobs of deleted recordings stay where they are: they go with it, or come back with it. */
export async function claimJobs(
  db: Db,
  { kinds, leaseMs, limit }: ClaimQuery,
): Promise<JobClaim[]> {
  if (limit <= 0) return []
  return await db.transaction(async (tx) => {
    const rows = await tx.execute<ClaimedRow>(sql`
      update jobs set status = 'running', progress = ${keptPercent}, lease_epoch = lease_epoch + 1,
        lease_until = now() + ${leaseMs} * interval '1 ms', attempts = attempts + 1
      where id = any(array(
        select j.id from jobs j
        where j.done_at is null and j.run_at <= now()
          and (j.lease_until is null or j.lease_until < now())
          and j.kind in ${[...kinds]}
          and exists (select 1 from recordings r
            where r.id = j.recording_id and r.deleted_at is null)
        order by j.run_at limit ${limit}
        for update of j skip locked))
      returning id, kind, recording_id, version, lease_epoch as epoch, attempts as attempt, data`)
    const claims = rows.map(toClaim)
    for (const claim of claims) await publishJob(tx, { ...claim, status: 'running' })
    return claims
  })
}

function toClaim({ id, kind, recording_id, version, epoch, attempt, data }: ClaimedRow): JobClaim {
  const name = { kind, recordingId: recording_id, version }
  const { kept = {}, keptPercent: progress = 0 } = data
  return { ...name, id: Number(id), epoch: Number(epoch), attempt, kept, progress }
}

/** Progress is told in steps of so many percent: each is a row of the outbox. */
const TOLD_STEP = 5

type Renewal = { leaseMs: number; progress: number }

/** Keeps the lease and writes the progress. False when it is lost: cancelled, taken over, or its recording deleted. */
export async function renewJob(db: Db, claim: JobClaim, renewal: Renewal): Promise<boolean> {
  const { leaseMs, progress } = renewal
  return await db.transaction(async (tx) => {
    const [row] = await tx.execute<{ before: number }>(sql`
      update jobs j set lease_until = now() + ${leaseMs} * interval '1 ms', progress = ${progress}
      from (select id, progress from jobs where id = ${claim.id} for update) before
      where j.id = before.id and j.lease_epoch = ${claim.epoch} and j.status = 'running'
        and exists (select 1 from recordings r
          where r.id = j.recording_id and r.deleted_at is null)
      returning before.progress as before`)
    if (!row) return false
    if (Math.floor(row.before / TOLD_STEP) < Math.floor(progress / TOLD_STEP)) {
      await publishJob(tx, { ...claim, status: 'running', progress })
    }
    return true
  })
}
