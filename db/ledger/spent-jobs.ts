// Which made files may go: those of an older version than the newest, and exports that nobody fetched for a while. What
// is made can be made again.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type SpentJob = { id: number; recordingId: string; file: string | null; bytes: number }

type SpentQuery = {
  /** Days after which an unused export goes; 0 = never. */
  exportDays: number
  limit: number
}

type Row = { id: string; recording_id: string; file: string | null; bytes: string | null }

/** Those of an older version get an hour more, for whoever is downloading it. */
export async function readSpentJobs(
  db: Db,
  { exportDays, limit }: SpentQuery,
): Promise<SpentJob[]> {
  const rows = await db.execute<Row>(sql`
    select j.id, j.recording_id, j.data ->> 'file' as file, j.data ->> 'bytes' as bytes
    from jobs j join recordings r on r.id = j.recording_id
    where j.done_at is not null and r.deleted_at is null and (
      (j.version < r.version and coalesce(j.used_at, j.done_at) < now() - interval '2 hours')
      or (${exportDays} > 0 and j.kind = 'export' and j.status = 'done'
        and coalesce(j.used_at, j.done_at) < now() - ${exportDays} * interval '1 day'))
    limit ${limit}`)
  return rows.map(({ id, recording_id, file, bytes }) => {
    return { id: Number(id), recordingId: recording_id, file, bytes: Number(bytes ?? 0) }
  })
}

/** Forgets a job whose file is gone. The next one who asks for it has it made again. */
export async function forgetJob(db: Db, id: number): Promise<boolean> {
  const rows = await db.execute(
    sql`delete from jobs where id = ${id} and done_at is not null returning 1`,
  )
  return rows.length > 0
}
