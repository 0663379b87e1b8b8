// Where a recording stands now: what every answer to a sender tells.
import type { RecordingStatus } from '@holdfast/protocol'
import { eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings } from '../schema.ts'

export type StatusNow = {
  status: RecordingStatus
  version: number
  complete: boolean
  finishedAt: Date | null
}

export async function readStatus(db: Db, id: string): Promise<StatusNow | null> {
  const { status, version, complete, finishedAt } = recordings
  const [row] = await db
    .select({ status, version, complete, finishedAt })
    .from(recordings)
    .where(eq(recordings.id, id))
  return row ?? null
}
