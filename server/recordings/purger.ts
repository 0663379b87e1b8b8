// Cleaning up: removes what was deleted, when that can no longer be undone, and deletes what retention says.
// Runs in every instance; leases in the ledger share the work. Bytes go first, rows after them: a crash in
// between is done again, and nothing is left that no row knows of.
import {
  claimPurges,
  type Db,
  expireRecordings,
  isDatabaseAway,
  type PurgeClaim,
  purgeRows,
} from '@holdfast/db'
import { TIMING } from '@holdfast/protocol'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { ChunkStore } from '../store/chunk-store.ts'

export type PurgerOptions = {
  db: Db
  store: ChunkStore
  /** 0 = for ever. */
  retentionDays: number
  /** Drops what is held in memory of a recording. */
  forget: (recordingId: string) => void
  /** Removes what was made from recordings and is of no more use. @default nothing */
  cleanMade?: () => Promise<void>
  log: Log
  metrics: Metrics
  /** @default the time in which a deletion can be undone */
  undoMs?: number
  /** @default 5,000 */
  everyMs?: number
}

/** A long recording's rows take seconds; after this another instance tries. */
const LEASE_MS = 5 * 60_000
const PURGES_PER_ROUND = 16
const EXPIRES_PER_ROUND = 200
/** Retention counts days: asking every ten minutes is often enough. */
const RETENTION_EVERY_MS = 10 * 60_000
const MADE_EVERY_MS = 10 * 60_000

export class Purger {
  readonly #options: PurgerOptions
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> | null = null
  #expiredAt = Number.NEGATIVE_INFINITY
  #cleanedAt = Number.NEGATIVE_INFINITY
  #isStopped = false

  constructor(options: PurgerOptions) {
    this.#options = options
  }

  start(): void {
    const { everyMs = 5000 } = this.#options
    this.#timer = setTimeout(() => {
      this.#round = this.sweep().finally(() => {
        if (!this.#isStopped) this.start()
      })
    }, everyMs)
  }

  /** Waits for the round that runs. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#round
  }

  /** One round; never rejects: what failed is due again. */
  async sweep(): Promise<void> {
    const { db, log, undoMs = TIMING.undoDeleteMs } = this.#options
    try {
      await this.#expire()
      const claims = await claimPurges(db, { undoMs, leaseMs: LEASE_MS, limit: PURGES_PER_ROUND })
      for (const claim of claims) await this.#purge(claim)
      await this.#cleanMade()
    } catch (error) {
      // The sweeper already says so when the database is away.
      if (!isDatabaseAway(error)) log.warn({ error }, 'cleaning up failed, trying again')
    }
  }

  async #expire(): Promise<void> {
    const { db, retentionDays, log, metrics } = this.#options
    const now = performance.now()
    if (retentionDays === 0 || now - this.#expiredAt < RETENTION_EVERY_MS) return
    const expired = await expireRecordings(db, retentionDays, EXPIRES_PER_ROUND)
    if (expired.length < EXPIRES_PER_ROUND) this.#expiredAt = now
    for (const recordingId of expired) {
      metrics.cleanupDeleted.inc({ cause: 'retention' })
      log.info({ recordingId, retentionDays }, 'recording deleted: its time is over')
    }
  }

  async #cleanMade(): Promise<void> {
    const now = performance.now()
    if (now - this.#cleanedAt < MADE_EVERY_MS) return
    await this.#options.cleanMade?.()
    this.#cleanedAt = now
  }

  async #purge(claim: PurgeClaim): Promise<void> {
    const { db, store, forget, log, metrics } = this.#options
    const recordingId = claim.id
    try {
      forget(recordingId)
      const { bytes } = await store.purge(recordingId)
      const rows = await purgeRows(db, claim)
      metrics.cleanupBytes.inc(bytes)
      metrics.cleanupChunks.inc(rows.chunks)
      if (!rows.isDone) return
      metrics.cleanupPurged.inc()
      log.info({ recordingId, bytes, chunks: rows.chunks }, 'recording purged')
    } catch (error) {
      metrics.cleanupFailed.inc()
      log.error({ recordingId, error }, 'a deleted recording could not be purged, trying again')
    }
  }
}
