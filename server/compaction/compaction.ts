// One attempt at one recording: its segments become one object, its rows point into it, the segments are retired. Until
// the commit nothing that anybody reads has changed; from the commit on the object is durable and was read back (I4).
import {
  type ChunkMove,
  type CompactionClaim,
  commitCompaction,
  type Db,
  moveChunks,
  readRetired,
  readSegmentsInUse,
} from '@holdfast/db'
import type { ChunkStore, SegmentInfo } from '../store/chunk-store.ts'
import { copyToObject } from './object-copy.ts'
import { removeOrphanObjects } from './orphan-objects.ts'
import { scanSources } from './source-scan.ts'

export type CompactionDeps = {
  readonly db: Db
  readonly store: ChunkStore
  /** How long replaced segments are kept. */
  readonly keepMs: number
  /** Told of objects that an earlier attempt left. */
  readonly onOrphans: (recordingId: string, orphans: readonly SegmentInfo[]) => void
}

export type Compacted =
  | { outcome: 'compacted'; object: string; bytes: number; segments: number; kept: number }
  /** It is one segment already. */
  | { outcome: 'nothing' }
  /** Another instance, a chunk or a deletion was quicker. */
  | { outcome: 'lost' }

/** Rows of one transaction: bounds how long the recording's lock is held. */
const ROWS_PER_MOVE = 5000

/** @throws HoldfastError `bytes_damaged`, `disk_full`, `store_failed`; `signal.reason`; what the database throws */
export async function compactRecording(
  deps: CompactionDeps,
  claim: CompactionClaim,
  signal: AbortSignal,
): Promise<Compacted> {
  const { db, store, keepMs } = deps
  const { recordingId } = claim
  // What is written from now on begins another segment.
  await store.closeSegment(recordingId)
  const sources = await findSources(deps, recordingId)
  if (sources.length <= 1 && !sources.some(({ isQuarantined }) => isQuarantined)) {
    const ended = await commitCompaction(db, claim, { move: null, sources: [], keepMs })
    return { outcome: ended ? 'nothing' : 'lost' }
  }
  const source = { db, store, recordingId, signal }
  const finds = await scanSources(source, sources, await readSegmentsInUse(db, recordingId))
  const total = sources.reduce((sum, one) => sum + one.bytes, 0)
  const { object, bytes, moves } = await copyToObject(source, finds, total)
  const retired = await commit(deps, claim, { object, moves, spent: finds.spent })
  if (!retired) {
    // Nobody else moves rows to it: unless some have moved already it is of no use.
    const used = await readSegmentsInUse(db, recordingId)
    if (!used.has(object)) await store.remove(recordingId, object)
    return { outcome: 'lost' }
  }
  const segments = retired.length
  return { outcome: 'compacted', object, bytes, segments, kept: sources.length - segments }
}

/** Every segment but those that were copied before and wait for their removal. */
async function findSources(deps: CompactionDeps, recordingId: string): Promise<SegmentInfo[]> {
  const { db, store, onOrphans } = deps
  const listed = await store.segments(recordingId)
  // The lease is ours since before the list was read.
  const orphans = await removeOrphanObjects({ db, store, recordingId }, listed)
  if (orphans.length > 0) onOrphans(recordingId, orphans)
  const copied = new Map(
    (await readRetired(db, recordingId)).map(({ segment, bytes }) => [segment, bytes]),
  )
  return listed.filter((info) => {
    const { isConflict, segment, bytes } = info
    return !isConflict && !orphans.includes(info) && copied.get(segment) !== bytes
  })
}

type Copy = { object: string; moves: readonly ChunkMove[]; spent: readonly SegmentInfo[] }

/** A long recording moves in several transactions: at every moment each row points to bytes that are there. */
async function commit(
  { db, keepMs }: CompactionDeps,
  claim: CompactionClaim,
  { object, moves, spent }: Copy,
): Promise<string[] | null> {
  let done = 0
  for (; moves.length - done > ROWS_PER_MOVE; done += ROWS_PER_MOVE) {
    const some = moves.slice(done, done + ROWS_PER_MOVE)
    if (!(await moveChunks(db, claim, { object, moves: some }))) return null
  }
  const sources = spent.map(({ segment, bytes }) => ({ segment, bytes }))
  return await commitCompaction(db, claim, {
    move: { object, moves: moves.slice(done) },
    sources,
    keepMs,
  })
}
