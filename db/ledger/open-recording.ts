// What a session must know of a recording before it takes frames: token hash, status, takes.
import { asc, eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings, takes } from '../schema.ts'

export type OpenedTake = {
  take: number
  mimeType: string
  init: Uint8Array | null
  startedAt: Date
  chunkCount: number
  maxSeq: number
}

export type OpenedRecording = typeof recordings.$inferSelect & { takes: OpenedTake[] }

/** null when there is no such recording. */
export async function openRecording(db: Db, id: string): Promise<OpenedRecording | null> {
  const [row] = await db.select().from(recordings).where(eq(recordings.id, id))
  if (!row) return null
  const found = await db
    .select({
      take: takes.take,
      mimeType: takes.mimeType,
      init: takes.init,
      startedAt: takes.startedAt,
      chunkCount: takes.chunkCount,
      maxSeq: takes.maxSeq,
    })
    .from(takes)
    .where(eq(takes.recordingId, id))
    .orderBy(asc(takes.take))
  return { ...row, takes: found }
}
