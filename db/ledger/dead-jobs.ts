// Jobs whose worker died: due again by their lease, and here for those who look while nobody works.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { keptPercent } from './keep-job-part.ts'

export type DeadJob = { id: number; kind: string; recordingId: string | null; epoch: number }

type Row = { id: string; kind: string; recording_id: string | null; epoch: string }

/** @param overdueMs beside servers: what is younger is theirs */
export async function readDeadJobs(db: Db, overdueMs: number, limit: number): Promise<DeadJob[]> {
  const rows = await db.execute<Row>(sql`
    select id, kind, coalesce(recording_id::text, key) as recording_id, lease_epoch as epoch
    from jobs where done_at is null and lease_until <= now() - ${overdueMs} * interval '1 ms'
    order by id limit ${limit}`)
  return rows.map(({ id, kind, recording_id, epoch }) => {
    return { id: Number(id), kind, recordingId: recording_id, epoch: Number(epoch) }
  })
}

/** Waits again, and whoever held it is fenced. False when another took it up. */
export async function reviveJob(db: Db, { id, epoch }: DeadJob): Promise<boolean> {
  const rows = await db.execute(sql`
    update jobs set status = 'waiting', progress = ${keptPercent}, lease_until = null, lease_epoch = lease_epoch + 1
    where id = ${id} and lease_epoch = ${epoch} and done_at is null and lease_until <= now()
    returning 1`)
  return rows.length > 0
}
