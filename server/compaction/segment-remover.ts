// Removes replaced segments when their time has come (R14). Everything is asked once more: that no row points into them,
// that nobody appended to them since, and that every chunk of the recording can be read where it lies now (I4).
import {
  claimRemovals,
  compactAgain,
  type Db,
  type DueRemoval,
  isCompactionIdle,
  markRemoved,
  readChunkPlaces,
  readSegmentsInUse,
} from '@holdfast/db'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { ChunkStore, SegmentInfo } from '../store/chunk-store.ts'
import { isDamage } from '../verify/sound-bytes.ts'
import { removeOrphanObjects } from './orphan-objects.ts'
import { readChunkFrames } from './stored-frames.ts'

export type RemoverDeps = {
  readonly db: Db
  readonly store: ChunkStore
  readonly onOrphans: (recordingId: string, orphans: readonly SegmentInfo[]) => void
  /** Looks into a recording whose stored bytes are damaged, while what they were copied from is still there. */
  readonly mend: ((recordingId: string) => Promise<void>) | undefined
  readonly log: Log
  readonly metrics: Metrics
  /** Ends the round. */
  readonly signal: AbortSignal
}

/** Reading a long recording takes minutes; after this another instance tries, or this one again. */
const LEASE_MS = 30 * 60_000
const SEGMENTS_PER_ROUND = 100

/** One round. @throws what the database throws: what is left is due again */
export async function removeRetired(deps: RemoverDeps): Promise<void> {
  const { db, mend, log, metrics, signal } = deps
  const due = await claimRemovals(db, { leaseMs: LEASE_MS, limit: SEGMENTS_PER_ROUND })
  for (const [recordingId, removals] of Map.groupBy(due, (removal) => removal.recordingId)) {
    if (signal.aborted) return
    try {
      await removeOf(deps, recordingId, removals)
    } catch (error) {
      if (signal.aborted) return
      metrics.cleanupFailed.inc()
      log.error({ recordingId, error }, 'replaced segments could not be removed, trying again')
      if (isDamage(error)) await mend?.(recordingId)
    }
  }
}

async function removeOf(
  deps: RemoverDeps,
  recordingId: string,
  removals: readonly DueRemoval[],
): Promise<void> {
  const { db, store, onOrphans, log, metrics } = deps
  const listed = await store.segments(recordingId)
  const grown = removals.filter(({ segment, bytes }) =>
    listed.some((info) => info.segment === segment && info.bytes !== bytes),
  )
  if (grown.length > 0) {
    await compactAgain(db, recordingId)
    log.info({ recordingId }, 'a replaced segment has grown, it is compacted once more')
  }
  const removable = removals.filter((removal) => !grown.includes(removal))
  if (removable.length > 0) await checkAll(deps, recordingId, removable)
  for (const removal of removable) {
    await store.remove(recordingId, removal.segment)
    await markRemoved(db, removal)
    metrics.cleanupSegments.inc()
    metrics.cleanupBytes.inc(removal.bytes)
    log.info({ ...removal }, 'a replaced segment was removed')
  }
  // A compactor that was asleep may have left an object after the last attempt had looked.
  if (!(await isCompactionIdle(db, recordingId))) return
  const orphans = await removeOrphanObjects({ db, store, recordingId }, listed)
  if (orphans.length > 0) onOrphans(recordingId, orphans)
}

/** @throws HoldfastError `bytes_damaged`, `store_failed` when any chunk does not lie safely elsewhere */
async function checkAll(
  { db, store, signal }: RemoverDeps,
  recordingId: string,
  removable: readonly DueRemoval[],
): Promise<void> {
  const used = await readSegmentsInUse(db, recordingId)
  const named = removable.find(({ segment }) => used.has(segment))
  if (named) throw new Error(`Rows point into ${named.segment}, which was replaced.`)
  const places = readChunkPlaces(db, recordingId)
  for await (const _ of readChunkFrames(store, recordingId, places)) signal.throwIfAborted()
}
