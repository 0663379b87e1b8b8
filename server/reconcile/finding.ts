// What a reconciliation finds, and how it is told: each kind has one file that finds it, says what it is, and mends it.
import type { Db, Timing } from '@holdfast/db'
import type { ChunkStore } from '../store/chunk-store.ts'
import type { Leftovers } from '../store/leftover-files.ts'

/** Every kind, with what it is in a few words. */
export const FINDING_KINDS = {
  silent_instance: 'a server process that died without a word',
  damaged_bytes: 'chunks whose stored bytes are not theirs',
  lost_bytes: 'a recording of which nothing can be read',
  unknown_recording: 'a recording that lies in the store and not in the ledger',
  orphan_chunks: 'stored chunks that no row names',
  orphan_conflict: 'a conflicting copy that no row names',
  orphan_object: 'an object that a compaction left unfinished',
  unreadable_segment: 'a segment with bytes that are no frames',
  purged_bytes: 'bytes of a recording that was purged',
  temporary_file: 'a file that a dead process left half done',
  dead_job: 'a job whose worker died',
  spent_retirement: 'a note about a segment that is long gone',
  overdue_purge: 'a deleted recording whose bytes are still there',
  dead_lease: 'a finalization whose finalizer died',
  stale_recording: 'a recording that nobody finalized',
} as const
export type FindingKind = keyof typeof FINDING_KINDS

/** What became of it: `left` = nothing was to be done after all, or nothing can be. */
export type Mended = { readonly outcome: 'mended' | 'left'; readonly detail: string }

export type Finding = {
  readonly kind: FindingKind
  readonly recordingId: string | null
  /** What was found, in one line. */
  readonly what: string
  /** What `mend` does about it, or what a person could. */
  readonly remedy: string
  /** null: only a person can do something about it. May be called at any time, once. */
  readonly mend: (() => Promise<Mended>) | null
}

/** What is looked at, and with what. */
export type Site = {
  readonly db: Db
  /** Opened under an incarnation of this reconciliation's own: copies go into its segments (R10). */
  readonly store: ChunkStore
  readonly leftovers: Leftovers
  readonly timing: Timing
  /** Work that others may still be at, because it is younger than this, is left to them. */
  readonly overdueMs: number
  /** A process without a heartbeat for so long is dead; 0 = every other process is. */
  readonly deadAfterMs: number
  /** Waits, by a clock that nobody sets, for longer than a living process goes without a heartbeat. */
  readonly untilOthersBeat: () => Promise<void>
  readonly maxRecordingBytes: number
  /** How long segments are kept whose chunks were copied as a whole. */
  readonly keepMs: number
  /** Adopts recordings that the ledger does not know. */
  readonly isRebuilding: boolean
  /** Finalizes what is due, fenced like every other; resolves with how it ended. */
  readonly finalize: (recordingId: string) => Promise<string | null>
  /** Purges what is deleted and can no longer be restored. */
  readonly purge: () => Promise<void>
  /** Told how much of the store was read. */
  readonly onRead?: (bytes: number) => void
  readonly signal: AbortSignal
}

export type Findings = AsyncGenerator<Finding, void, undefined>
