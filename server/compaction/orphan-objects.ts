// Objects that no row names: what a crash left between writing an object and moving the rows. All they hold lies in the
// segments too, which are still there.
import { type Db, readRetired, readSegmentsInUse } from '@holdfast/db'
import type { ChunkStore, SegmentInfo } from '../store/chunk-store.ts'

type Source = { db: Db; store: Pick<ChunkStore, 'remove'>; recordingId: string }

/**
 * Removes them; resolves with what was removed.
 * @param listed the recording's segments, listed before it was made sure that nobody can move rows into these objects
 * any more: by a lease of one's own, or because no job runs
 */
export async function removeOrphanObjects(
  { db, store, recordingId }: Source,
  listed: readonly SegmentInfo[],
): Promise<SegmentInfo[]> {
  const objects = listed.filter(({ isObject }) => isObject)
  if (objects.length === 0) return []
  const used = await readSegmentsInUse(db, recordingId)
  const retired = await readRetired(db, recordingId)
  const known = new Set([...used.keys(), ...retired.map(({ segment }) => segment)])
  const orphans = objects.filter(({ segment }) => !known.has(segment))
  for (const { segment } of orphans) await store.remove(recordingId, segment)
  return orphans
}
