// One recording as its readers see it: the row, its takes with their totals, its versions.
import { asc, eq, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings, takes, totals, versions } from '../schema.ts'
import { atOneMoment } from '../snapshot.ts'

export type ReadTake = {
  take: number
  mimeType: string
  startedAt: Date
  chunkCount: number
  bytes: number
  maxSeq: number
  /** What FINISH declared, while one stands. */
  declared: number | null
  /** Media time at the end of the newest chunk, as its sender told; a hint. */
  endMs: number | null
}

export type ReadVersion = {
  version: number
  status: 'ready' | 'incomplete'
  reason: (typeof versions.$inferSelect)['reason']
  generation: number
  durationMs: number | null
  bytes: number
  gaps: (typeof versions.$inferSelect)['gaps']
  container: (typeof versions.$inferSelect)['container']
  /** The takes in its file; null in versions older than that. */
  played: (typeof versions.$inferSelect)['played']
  createdAt: Date
}

export type ReadRecording = typeof recordings.$inferSelect & {
  takes: ReadTake[]
  versions: ReadVersion[]
}

/** As of one moment; null when there is no such recording; deleted ones are found, with `deletedAt`. */
export async function readRecording(db: Db, id: string): Promise<ReadRecording | null> {
  return await atOneMoment(db, async (tx) => {
    const [row] = await tx.select().from(recordings).where(eq(recordings.id, id))
    if (!row) return null
    return { ...row, takes: await readTakes(tx, id), versions: await readVersions(tx, id) }
  })
}

async function readTakes(db: Db, id: string): Promise<ReadTake[]> {
  return await db
    .select({
      take: takes.take,
      mimeType: takes.mimeType,
      startedAt: takes.startedAt,
      chunkCount: takes.chunkCount,
      bytes: takes.bytes,
      maxSeq: takes.maxSeq,
      declared: totals.declared,
      endMs: sql<number | null>`(
        select c.end_ms from chunks c
        where c.recording_id = ${takes.recordingId} and c.take = ${takes.take}
          and c.seq = ${takes.maxSeq})`.mapWith(Number),
    })
    .from(takes)
    .leftJoin(
      totals,
      sql`${totals.recordingId} = ${takes.recordingId} and ${totals.take} = ${takes.take}`,
    )
    .where(eq(takes.recordingId, id))
    .orderBy(asc(takes.take))
}

async function readVersions(db: Db, id: string): Promise<ReadVersion[]> {
  const {
    version,
    status,
    reason,
    generation,
    durationMs,
    bytes,
    gaps,
    container,
    played,
    createdAt,
  } = versions
  return await db
    .select({
      version,
      status,
      reason,
      generation,
      durationMs,
      bytes,
      gaps,
      container,
      played,
      createdAt,
    })
    .from(versions)
    .where(eq(versions.recordingId, id))
    .orderBy(asc(version))
}
