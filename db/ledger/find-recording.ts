// The little that must be known of a recording before anyone may do anything with it: one row by its key, for
// calls that come often (a player asks range by range).
import type { RecordingStatus } from '@holdfast/protocol'
import { eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings } from '../schema.ts'

export type FoundRecording = {
  id: string
  status: RecordingStatus
  version: number
  reason: (typeof recordings.$inferSelect)['reason']
  tokenHash: Uint8Array
  tokenMayDelete: boolean
  chunkCount: number
  createdAt: Date
  deletedAt: Date | null
}

/** null when there is no such recording; deleted ones are found, with `deletedAt`. */
export async function findRecording(db: Db, id: string): Promise<FoundRecording | null> {
  const { status, version, reason, tokenHash, tokenMayDelete, chunkCount, createdAt, deletedAt } =
    recordings
  const [row] = await db
    .select({
      ...{ id: recordings.id, status, version, reason, tokenHash, tokenMayDelete },
      ...{ chunkCount, createdAt, deletedAt },
    })
    .from(recordings)
    .where(eq(recordings.id, id))
  return row ?? null
}
