// One recording as the store and the ledger have it: what the finders of orphans compare. Only segments whose writer is dead
// are read; a living writer's grow while one looks, and it commits its rows itself.
import { type LedgerFacts, readLedgerFacts, readSegmentsInUse } from '@holdfast/db'
import { type Finds, scanSources } from '../compaction/source-scan.ts'
import type { SegmentInfo } from '../store/chunk-store.ts'
import { compareAge } from '../store/recording-folder.ts'
import type { Site } from './finding.ts'
import type { Writers } from './writers.ts'

export type StoredRecording = {
  readonly id: string
  /** null = the ledger does not know it. */
  readonly facts: LedgerFacts | null
  readonly conflicts: readonly SegmentInfo[]
  /** Segments and objects of dead writers, oldest first. */
  readonly settled: readonly SegmentInfo[]
  readonly hasLivingWriter: boolean
  readonly finds: Finds
}

const NOTHING: Finds = { records: new Map(), takes: [], orphans: [], spent: [] }

/** null when there is nothing in it to look at. */
export async function readStoredRecording(
  site: Site,
  writers: Writers,
  id: string,
): Promise<StoredRecording | null> {
  const { db, store, signal } = site
  const listed = await store.segments(id)
  const settled = listed
    .filter(({ segment }) => writers.isDue(segment))
    .toSorted((a, b) => compareAge(a.segment, b.segment))
  const conflicts = listed.filter(({ isConflict }) => isConflict)
  if (settled.length === 0 && conflicts.length === 0) return null
  const facts = await readLedgerFacts(db, id)
  const isScanned = facts === null || facts.state === 'live'
  const source = { db, store, recordingId: id, signal }
  const finds = isScanned
    ? await scanSources(source, settled, await readSegmentsInUse(db, id))
    : NOTHING
  site.onRead?.(settled.reduce((sum, { bytes }) => sum + bytes, 0))
  const hasLivingWriter = listed.some(({ segment }) => writers.isAlive(segment))
  return { id, facts, conflicts, settled, hasLivingWriter, finds }
}
