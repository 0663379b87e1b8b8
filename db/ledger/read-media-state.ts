// Which state of a recording a media request is about.
import { and, eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings, versions } from '../schema.ts'

export type MediaState = {
  generation: number
  title: string | null
  deletedAt: Date | null
  /** Generation of the version that was asked for; null when none was, or there is no such version. */
  versionGeneration: number | null
}

/** null when there is no such recording. */
export async function readMediaState(
  db: Db,
  id: string,
  version: number | null,
): Promise<MediaState | null> {
  const [row] = await db
    .select({
      generation: recordings.generation,
      title: recordings.title,
      deletedAt: recordings.deletedAt,
      versionGeneration: versions.generation,
    })
    .from(recordings)
    .leftJoin(
      versions,
      and(eq(versions.recordingId, recordings.id), eq(versions.version, version ?? -1)),
    )
    .where(eq(recordings.id, id))
  return row ?? null
}
