// The server's own reconciliation: what processes that died left behind, once an hour, on one instance at a time. Only what is
// safe without a person: nothing is adopted that the ledger does not know, and only what changed is read.
import { type DatabaseClient, isDatabaseAway, type Timing, withReconcileLock } from '@holdfast/db'
import type { Finalizer } from '../finalize/finalizer.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Purger } from '../recordings/purger.ts'
import type { ChunkStore } from '../store/chunk-store.ts'
import type { Leftovers } from '../store/leftover-files.ts'
import { BESIDE, untilOthersBeat } from './beside.ts'
import type { Site } from './finding.ts'
import { type Reconciled, reconcile } from './reconcile.ts'

export type ReconcilerOptions = {
  client: DatabaseClient
  store: ChunkStore
  leftovers: Leftovers
  timing: Timing
  maxRecordingBytes: number
  keepMs: number
  finalizer: Pick<Finalizer, 'finalizeNow'>
  purger: Pick<Purger, 'sweep'>
  /** 0 = never. */
  everyMs: number
  log: Log
  metrics: Metrics
}

export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> | null = null

  constructor(options: ReconcilerOptions) {
    this.#options = options
  }

  start(): void {
    const { everyMs } = this.#options
    if (everyMs === 0) return
    this.#timer = setTimeout(() => {
      this.#round = this.sweep().finally(() => {
        if (!this.#stopping.signal.aborted) this.start()
      })
    }, everyMs)
  }

  /** Breaks off what runs: it is found again. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    if (this.#timer) clearTimeout(this.#timer)
    await this.#round
  }

  /** One round; never rejects. Does nothing while another process reconciles. */
  async sweep(): Promise<void> {
    const { client, log } = this.#options
    try {
      await withReconcileLock(client, () =>
        reconcile(this.#site(), {
          isApplying: true,
          isThorough: false,
          onFinding: (finding) => this.#report(finding),
        }),
      )
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      // The sweeper already says so when the database is away.
      if (!isDatabaseAway(error)) log.warn({ error }, 'reconciling failed, trying again')
    }
  }

  #site(): Site {
    const { client, store, leftovers, timing, maxRecordingBytes } = this.#options
    const { finalizer, purger, keepMs } = this.#options
    return {
      ...{ db: client.db, store, leftovers, timing, maxRecordingBytes, keepMs },
      ...BESIDE,
      isRebuilding: false,
      untilOthersBeat: () => untilOthersBeat(timing, this.#stopping.signal),
      finalize: (id) => finalizer.finalizeNow(id, 'reconcile'),
      purge: () => purger.sweep(),
      signal: this.#stopping.signal,
    }
  }

  #report({ kind, recordingId, what, outcome, detail }: Reconciled): void {
    const { log, metrics } = this.#options
    const about = { kind, recordingId, what, detail }
    metrics.cleanupReconciled.inc({ kind, outcome })
    if (outcome === 'mended') log.info(about, 'reconciled')
    else if (outcome === 'failed') {
      metrics.cleanupFailed.inc()
      log.error(about, 'reconciling failed, it will be tried again')
    } else log.warn(about, 'reconciling found what it does not mend by itself')
  }
}
