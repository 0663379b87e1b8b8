// Which files of a recording's folder its jobs still need.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { UnfinishedJob } from './keep-job-part.ts'

export type JobFiles = {
  id: number
  epoch: number
  /** Somebody works on it now. */
  isAtWork: boolean
  /** What it made, or has finished of it. */
  files: string[]
}

type Row = {
  id: string
  epoch: string
  is_at_work: boolean
  data: UnfinishedJob & { file?: string | null }
}

export async function readJobFiles(db: Db, recordingId: string): Promise<JobFiles[]> {
  const rows = await db.execute<Row>(sql`
    select id, lease_epoch as epoch, data, done_at is null and lease_until >= now() as is_at_work
    from jobs where recording_id = ${recordingId}`)
  return rows.map(({ id, epoch, is_at_work, data }) => {
    const files = [...(data.file ? [data.file] : []), ...Object.values(data.kept ?? {})]
    return { id: Number(id), epoch: Number(epoch), isAtWork: is_at_work, files }
  })
}
