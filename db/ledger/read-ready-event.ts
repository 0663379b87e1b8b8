// The `ready` event of the current version, for a client that asks after it was published.
import type { HoldfastEvent } from '@holdfast/protocol'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings, versions } from '../schema.ts'

type ReadyEvent = Extract<HoldfastEvent, { type: 'ready' }>

/** null while there is no version. `mediaUrl` is empty: whoever delivers the event signs it. */
export async function readReadyEvent(db: Db, id: string): Promise<ReadyEvent | null> {
  const [row] = await db
    .select({ version: versions })
    .from(recordings)
    .innerJoin(
      versions,
      and(eq(versions.recordingId, recordings.id), eq(versions.version, recordings.version)),
    )
    .where(eq(recordings.id, id))
  if (!row) return null
  const { version, status, durationMs, bytes, gaps } = row.version
  return { type: 'ready', id, version, status, durationMs, bytes, gaps, mediaUrl: '' }
}
