// How a recording dies: layout, then one fenced transaction. Computes everything from the ledger, so that
// any instance can do it, again and again, and whoever was too slow changes nothing.
import {
  type Claim,
  type CommitOutcome,
  claimOne,
  commitVersion,
  type Db,
  type Finalizes,
  failFinalization,
  type Result,
  readAttempts,
  type Timing,
} from '@holdfast/db'
import { HoldfastError, type JobKind } from '@holdfast/protocol'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { isUnreadable } from '../verify/sound-bytes.ts'
import { holdLease } from './hold-lease.ts'

export type FinalizerOptions = {
  db: Db
  timing: Timing
  /** The file out of the chunks up to a generation; null when nothing is stored. Must only read. */
  layOut: (id: string, generation: number) => Promise<Result | null>
  /** Looks into a recording that could not be laid out because stored bytes cannot be read. @default nothing */
  mend?: (id: string) => Promise<void>
  /** What is made from every version. @default nothing */
  jobs?: readonly JobKind[]
  log: Log
  metrics: Metrics
}

const MAX_RETRY_MS = 5 * 60_000
/** How often "finalize now" begins anew because the recording grew meanwhile. */
const ADMIN_ATTEMPTS = 5

export class Finalizer {
  readonly #options: FinalizerOptions

  constructor(options: FinalizerOptions) {
    this.#options = options
  }

  /** Finalizes a claimed recording; failures are written to its row and tried again. Never rejects. */
  async finalize(
    claim: Claim,
    by: Finalizes = 'sweeper',
  ): Promise<CommitOutcome['outcome'] | 'failed'> {
    const { db, timing, metrics, jobs = [] } = this.#options
    const startedAt = performance.now()
    try {
      const result = await holdLease({ db, claim, leaseMs: timing.leaseMs }, () =>
        this.#layOut(claim),
      )
      const outcome = await commitVersion(db, { claim, result, timing, by, jobs })
      metrics.finalizeSeconds.observe((performance.now() - startedAt) / 1000)
      this.#report(claim, outcome, result)
      return outcome.outcome
    } catch (error) {
      await this.#fail(claim, error)
      return 'failed'
    }
  }

  /**
   * Finalizes one recording now, as an admin whether it is due or not. What a chunk overtook is tried again: it was asked
   * for all the same, and a recorder that goes on sends one each second.
   * @returns null when another finalizer holds it, or it is gone
   */
  async finalizeNow(
    id: string,
    by: Exclude<Finalizes, 'sweeper'> = 'admin',
  ): Promise<CommitOutcome['outcome'] | 'failed' | null> {
    const { db, timing } = this.#options
    for (let attempt = 1; ; attempt += 1) {
      const claim = await claimOne(db, timing, id)
      const outcome = claim && (await this.finalize(claim, by))
      const isOvertaken = outcome === 'alive' || outcome === 'lost'
      if (!isOvertaken || by !== 'admin' || attempt === ADMIN_ATTEMPTS) return outcome
    }
  }

  /** What is damaged was mended, or is marked: then the generation is another one, and this one is released. */
  async #layOut({ id, generation }: Claim): Promise<Result | null> {
    const { layOut, mend } = this.#options
    try {
      return await layOut(id, generation)
    } catch (error) {
      if (!mend || !isUnreadable(error)) throw error
      await mend(id)
      return await layOut(id, generation)
    }
  }

  #report({ id: recordingId }: Claim, outcome: CommitOutcome, result: Result | null): void {
    const { log, metrics } = this.#options
    switch (outcome.outcome) {
      case 'committed': {
        const { version, reason } = outcome
        const { status = 'ready', durationMs, bytes, gaps = [] } = result ?? {}
        metrics.finalized.inc({ status, reason })
        if (reason === 'disconnect') metrics.graceExpired.inc()
        metrics.chunkMissing.inc(gaps.reduce((sum, gap) => sum + gap.toSeq - gap.fromSeq + 1, 0))
        log.info(
          { recordingId, version, status, reason, durationMs, bytes, gaps: gaps.length },
          'finalized',
        )
        break
      }
      case 'unchanged':
        log.info({ recordingId, version: outcome.version }, 'finalized again, nothing changed')
        break
      case 'empty':
        metrics.finalized.inc({ status: 'empty', reason: 'disconnect' })
        metrics.graceExpired.inc()
        log.info({ recordingId }, 'nothing was ever stored')
        break
      case 'alive':
        metrics.graceReleased.inc()
        log.info({ recordingId }, 'not finalized: it is alive')
        break
      case 'lost':
        metrics.finalizeLostRace.inc()
        log.info({ recordingId }, 'not finalized here: another was quicker')
    }
  }

  async #fail(claim: Claim, error: unknown): Promise<void> {
    const { db, log, metrics } = this.#options
    const code = error instanceof HoldfastError ? error.code : 'finalize_failed'
    const message = String((error as Error)?.message ?? error).slice(0, 500)
    metrics.finalizeFailed.inc({ code })
    log.error({ recordingId: claim.id, code, error }, 'finalizing failed, it will be tried again')
    try {
      const attempts = await readAttempts(db, claim.id)
      const retryMs = Math.min(MAX_RETRY_MS, 1000 * 2 ** Math.min(attempts, 12))
      await failFinalization(db, { claim, code, message, retryMs })
    } catch (cause) {
      // The lease runs out by itself; then any instance takes it up.
      log.warn({ recordingId: claim.id, error: cause }, 'the failure could not be written down')
    }
  }
}
