// Makes one object of each recording that has been settled for a while, and removes the segments that it replaced when
// their time has come. Runs in every instance, one recording at a time; leases in the ledger share the work.
import {
  type CompactionClaim,
  claimCompaction,
  type Db,
  isDatabaseAway,
  postponeCompaction,
  queueCompactions,
  renewCompaction,
} from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { ChunkStore, SegmentInfo } from '../store/chunk-store.ts'
import { type Compacted, compactRecording } from './compaction.ts'
import { removeRetired } from './segment-remover.ts'

export type CompactorOptions = {
  db: Db
  store: ChunkStore
  /** How long a recording must have been settled; 0 = never compact. */
  afterMs: number
  /** How long replaced segments are kept. */
  keepMs: number
  leaseMs: number
  /** Drops what is held in memory of where a recording's bytes lie. */
  forget: (recordingId: string) => void
  /** Looks into a recording whose stored bytes are damaged. @default nothing */
  mend?: (recordingId: string) => Promise<void>
  log: Log
  metrics: Metrics
}

const MIN_ROUND_MS = 1000
const MAX_ROUND_MS = 60_000
const QUEUED_PER_ROUND = 100
const FIRST_RETRY_MS = 60_000
const MAX_RETRY_MS = 86_400_000
/** While the disk is below its reserve nobody compacts: it needs room first. */
const FULL_RETRY_MS = 10 * 60_000

export class Compactor {
  readonly #options: CompactorOptions
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> | null = null

  constructor(options: CompactorOptions) {
    this.#options = options
  }

  start(): void {
    const { afterMs, keepMs } = this.#options
    const soonest = Math.min(afterMs || MAX_ROUND_MS, keepMs)
    this.#timer = setTimeout(
      () => {
        this.#round = this.sweep().finally(() => {
          if (!this.#stopping.signal.aborted) this.start()
        })
      },
      Math.min(MAX_ROUND_MS, Math.max(MIN_ROUND_MS, soonest / 2)),
    )
  }

  /** Breaks off what runs and gives its lease back. */
  async stop(): Promise<void> {
    this.#stopping.abort(new HoldfastError('shutting_down'))
    if (this.#timer) clearTimeout(this.#timer)
    await this.#round
  }

  /** One round; never rejects: what failed is due again. */
  async sweep(): Promise<void> {
    const { db, afterMs, leaseMs, log } = this.#options
    const { signal } = this.#stopping
    try {
      if (afterMs > 0) await queueCompactions(db, { afterMs, limit: QUEUED_PER_ROUND })
      while (!signal.aborted) {
        const claim = await claimCompaction(db, leaseMs)
        if (!claim) break
        await this.#attempt(claim)
      }
      await removeRetired(this.#removerDeps())
    } catch (error) {
      // The sweeper already says so when the database is away.
      if (!isDatabaseAway(error)) log.warn({ error }, 'compaction failed, trying again')
    }
  }

  #removerDeps() {
    const { db, store, mend, log, metrics } = this.#options
    const { signal } = this.#stopping
    return { db, store, mend, log, metrics, signal, onOrphans: this.#onOrphans }
  }

  readonly #onOrphans = (recordingId: string, orphans: readonly SegmentInfo[]): void => {
    const { log, metrics } = this.#options
    const bytes = orphans.reduce((sum, orphan) => sum + orphan.bytes, 0)
    metrics.cleanupOrphans.inc(orphans.length)
    metrics.cleanupBytes.inc(bytes)
    log.info({ recordingId, bytes }, 'an object that a compaction left unfinished was removed')
  }

  async #attempt(claim: CompactionClaim): Promise<void> {
    const { db, store, keepMs, metrics } = this.#options
    const startedAt = performance.now()
    try {
      const deps = { db, store, keepMs, onOrphans: this.#onOrphans }
      const compacted = await this.#withLease(claim, (signal) =>
        compactRecording(deps, claim, signal),
      )
      metrics.compactions.inc({ outcome: compacted.outcome })
      this.#report(claim, compacted, Math.round(performance.now() - startedAt))
    } catch (error) {
      await this.#postpone(claim, error)
    }
  }

  /** Keeps the lease while `work` runs; when it is lost the work is of no use any more. */
  async #withLease<T>(
    claim: CompactionClaim,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { db, leaseMs } = this.#options
    const lost = new AbortController()
    const renewal = setInterval(() => {
      renewCompaction(db, claim, leaseMs).then(
        (isOurs) => isOurs || lost.abort(new HoldfastError('unavailable')),
        // Tried again at the next turn; if none succeeds the commit is refused.
        () => undefined,
      )
    }, leaseMs / 3)
    try {
      return await work(AbortSignal.any([lost.signal, this.#stopping.signal]))
    } finally {
      clearInterval(renewal)
    }
  }

  #report({ recordingId }: CompactionClaim, compacted: Compacted, tookMs: number): void {
    const { forget, log, metrics } = this.#options
    if (compacted.outcome !== 'compacted') return
    forget(recordingId)
    metrics.compactionBytes.inc(compacted.bytes)
    const { object, bytes, segments, kept } = compacted
    const about = { recordingId, object, bytes, segments, tookMs }
    log.info(about, 'recording compacted')
    if (kept > 0) log.warn({ ...about, kept }, 'not all of a segment was understood, it is kept')
  }

  /** Nothing was lost: the segments are all there. */
  async #postpone(claim: CompactionClaim, error: unknown): Promise<void> {
    const { db, mend, log, metrics } = this.#options
    const { recordingId, attempt } = claim
    const code = error instanceof HoldfastError ? error.code : null
    const isOurs = code === 'shutting_down' || code === 'disk_full'
    metrics.compactions.inc({ outcome: isOurs ? 'postponed' : 'failed' })
    const backoffMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 4 ** Math.min(attempt - 1, 8))
    const retryMs = code === 'shutting_down' ? 0 : isOurs ? FULL_RETRY_MS : backoffMs
    const message = error instanceof Error ? error.message : String(error)
    try {
      await postponeCompaction(db, claim, { retryMs, error: isOurs ? null : message })
    } catch (cause) {
      // The lease runs out by itself; then any instance takes it up.
      log.warn({ recordingId, error: cause }, 'the end of a compaction could not be written down')
    }
    if (code === 'bytes_damaged') {
      log.error({ recordingId, error }, 'stored bytes are damaged, the recording is not compacted')
      await mend?.(recordingId)
    } else if (!isOurs) log.warn({ recordingId, error, retryMs }, 'compaction failed, trying again')
  }
}
