// How a recording stands for those who follow it: one small read, because each of them asks a few times a second.
import type { RecordingStatus } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

/** `take` null = nothing is stored yet; `maxSeq` = the highest number that is stored of it. */
export type NewestTake = {
  status: RecordingStatus
  isDeleted: boolean
  take: number | null
  maxSeq: number
}

type Row = { status: RecordingStatus; is_deleted: boolean; take: number | null; max_seq: string }

/** null when there is no such recording. */
export async function readNewestTake(db: Db, recordingId: string): Promise<NewestTake | null> {
  const [row] = await db.execute<Row>(sql`
    select r.status, r.deleted_at is not null as is_deleted, t.take, coalesce(t.max_seq, -1) as max_seq
    from recordings r left join lateral (
      select take, max_seq from takes
      where recording_id = r.id and chunk_count > 0 order by take desc limit 1) t on true
    where r.id = ${recordingId}`)
  if (!row) return null
  const { status, is_deleted: isDeleted, take, max_seq } = row
  return { status, isDeleted, take, maxSeq: Number(max_seq) }
}
