// Which files of a recording's folder its jobs still need.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type JobFiles = {
  id: number
  epoch: number
  /** Somebody works on it now. */
  isAtWork: boolean
  /** What it made; null = nothing yet. */
  file: string | null
}

type Row = { id: string; epoch: string; is_at_work: boolean; file: string | null }

export async function readJobFiles(db: Db, recordingId: string): Promise<JobFiles[]> {
  const rows = await db.execute<Row>(sql`
    select id, lease_epoch as epoch, data ->> 'file' as file,
      done_at is null and lease_until >= now() as is_at_work
    from jobs where recording_id = ${recordingId}`)
  return rows.map(({ id, epoch, is_at_work, file }) => {
    return { id: Number(id), epoch: Number(epoch), isAtWork: is_at_work, file }
  })
}
