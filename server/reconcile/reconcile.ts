// One reconciliation: the ledger against the store, in an order in which each step builds on the one before. Looks only unless
// it is told to mend; what one recording's trouble is stops no other.
import { markReconciled, readInstances } from '@holdfast/db'
import { findDamagedBytes } from './damaged-bytes.ts'
import { findDeadJobs } from './dead-jobs.ts'
import type { Finding, Findings, Mended, Site } from './finding.ts'
import { findOrphanChunks } from './orphan-chunks.ts'
import { findOrphanConflicts } from './orphan-conflicts.ts'
import { findOrphanObjects } from './orphan-objects.ts'
import { findOverduePurges } from './overdue-purges.ts'
import { findPurgedBytes } from './purged-bytes.ts'
import { findSilentInstances } from './silent-instances.ts'
import { findSpentRetirements } from './spent-retirements.ts'
import { findStaleRecordings } from './stale-recordings.ts'
import { readStoredRecording } from './stored-recording.ts'
import { findTemporaryFiles } from './temporary-files.ts'
import { findUnknownRecording } from './unknown-recordings.ts'
import { findUnreadableSegments } from './unreadable-segments.ts'
import { Writers } from './writers.ts'

export type Reconciled = Omit<Finding, 'mend'> & {
  /** `found`: nothing was changed. `left`: as it was. `failed`: tried, and it is as it was. */
  readonly outcome: 'found' | 'failed' | Mended['outcome']
  readonly detail: string | null
}

export type ReconcileOptions = {
  /** false: looks only. */
  readonly isApplying: boolean
  /** Reads every chunk of the ledger and all segments of dead writers; false = what writers left that died since. */
  readonly isThorough: boolean
  /** Told of each finding, once it is known what became of it. */
  readonly onFinding: (finding: Reconciled) => void
}

/** @throws what database and store throw when they cannot be asked at all; `signal.reason` */
export async function reconcile(site: Site, options: ReconcileOptions): Promise<void> {
  const { isApplying, isThorough } = options
  const handle = (findings: Findings) => settleAll(site, findings, options)
  await handle(findSilentInstances(site))
  // Asked again: one of them may have been alive after all.
  const instances = await readInstances(site.db, site.deadAfterMs)
  const writers = new Writers(instances, { isThorough, isApplying })
  const { fresh } = writers
  if (isThorough) await handle(findDamagedBytes(site))
  if (isThorough || fresh.length > 0) {
    const isWhole = await walkStore(site, writers, handle)
    await handle(findTemporaryFiles(site, writers))
    if (isApplying && isWhole) await markReconciled(site.db, fresh)
  }
  for (const find of [findDeadJobs, findSpentRetirements, findOverduePurges, findStaleRecordings]) {
    await handle(find(site))
  }
}

type Handle = (findings: Findings) => Promise<boolean>

/** What is asked about each recording in the store. Chunks first: the next ones count on their rows. */
const OF_RECORDING = [
  findPurgedBytes,
  findUnknownRecording,
  findOrphanChunks,
  findOrphanConflicts,
  findUnreadableSegments,
  findOrphanObjects,
]

/** Resolves with whether all of it could be dealt with. */
async function walkStore(site: Site, writers: Writers, handle: Handle): Promise<boolean> {
  let isWhole = true
  for await (const id of site.store.recordings()) {
    site.signal.throwIfAborted()
    if (!(await handle(findInRecording(site, writers, id)))) isWhole = false
  }
  return isWhole
}

async function* findInRecording(site: Site, writers: Writers, id: string): Findings {
  const stored = await readStoredRecording(site, writers, id)
  if (!stored) return
  for (const find of OF_RECORDING) yield* find(site, stored)
}

async function settleAll(
  site: Site,
  findings: Findings,
  { isApplying, onFinding }: ReconcileOptions,
): Promise<boolean> {
  let isWhole = true
  for await (const { mend, ...finding } of findings) {
    site.signal.throwIfAborted()
    const mended = isApplying && mend ? await attempt(site, mend) : null
    if (mended?.outcome === 'failed') isWhole = false
    const outcome = mended?.outcome ?? (mend ? 'found' : 'left')
    onFinding({ ...finding, outcome, detail: mended?.detail ?? null })
  }
  return isWhole
}

async function attempt(
  { signal }: Site,

  mend: () => Promise<Mended>,
): Promise<Mended | { outcome: 'failed'; detail: string }> {
  try {
    return await mend()
  } catch (error) {
    if (signal.aborted) throw error
    return { outcome: 'failed', detail: error instanceof Error ? error.message : String(error) }
  }
}
