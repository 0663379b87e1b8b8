// Finds recordings that died or stopped, in every instance, without a leader and without timers that a
// crash could lose: due is what the rows say (I6). One round = heartbeat, signs of life, claims, finalizing.
import { beat, claimDue, countLoneStart, type Db, type Timing } from '@holdfast/db'
import type { Log } from '../observe/log.ts'
import type { Finalizer } from './finalizer.ts'

export type SweeperOptions = {
  db: Db
  incarnation: string
  timing: Timing
  sweepMs: number
  finalizer: Finalizer
  /** Commits what the open sessions saw; before anybody is judged. */
  flushSignsOfLife: () => Promise<void>
  /** Told, once, that this incarnation was taken for dead: it must not go on under its name. */
  onFenced?: () => void
  log: Log
}

const NEVER_MS = 1e12

/** Recordings claimed in one round: bounds how long the round, and so the next heartbeat, takes. */
const CLAIMS_PER_ROUND = 16

/**
 * Silence of all instances that counts as an outage of ours: three rounds, and 2 s at least, so that a slow
 * round is none. But well below the grace time: a restart shorter than the gap must not use it up (I5).
 */
export function gapMsFor(sweepMs: number, graceMs: number): number {
  return Math.max(3 * sweepMs, Math.min(2000, graceMs / 3))
}

export class Sweeper {
  readonly #options: SweeperOptions
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> | null = null
  #isWanted = false
  #isStopped = false
  #isFailing = false
  #firstBeatAt: number | null = null
  #isGrown = false
  readonly #finalizing = new Set<Promise<unknown>>()

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  start(): void {
    this.poke()
  }

  /** Sweeps now, or once more after the round that runs. */
  poke(): void {
    this.#isWanted = true
    if (this.#round || this.#isStopped) return
    this.#round = this.#run().finally(() => {
      this.#round = null
      this.#schedule()
    })
  }

  /** Waits for the round that runs and for what it finalizes. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#round
    await Promise.allSettled(this.#finalizing)
  }

  #schedule(): void {
    if (this.#isStopped) return
    if (this.#timer) clearTimeout(this.#timer)
    const delayMs = this.#isWanted ? 0 : this.#options.sweepMs
    this.#timer = setTimeout(() => this.poke(), delayMs)
  }

  async #run(): Promise<void> {
    this.#isWanted = false
    try {
      await this.#sweep()
      if (this.#isFailing) this.#options.log.info({}, 'sweeping again')
      this.#isFailing = false
    } catch (error) {
      // The next round tries again; while the database is away nobody's grace runs (I5).
      if (!this.#isFailing) this.#options.log.warn({ error }, 'sweeping failed, trying again')
      this.#isFailing = true
    }
  }

  async #sweep(): Promise<void> {
    const { db, incarnation, timing, finalizer, flushSignsOfLife } = this.#options
    if (!(await beat(db, incarnation, timing.gapMs))) return this.#end()
    await flushSignsOfLife()
    const room = CLAIMS_PER_ROUND - this.#finalizing.size
    if (room <= 0) return
    const graceMs = (await this.#mayJudgeSilence()) ? timing.graceMs : NEVER_MS
    const claims = await claimDue(db, { ...timing, graceMs }, room)
    // Not awaited: a long layout must not hold up the heartbeat.
    for (const claim of claims) this.#track(finalizer.finalize(claim))
    if (claims.length === room) this.#isWanted = true
  }

  #end(): void {
    const { log, incarnation, onFenced } = this.#options
    this.#isStopped = true
    log.error({ incarnation }, 'this process was silent for so long that it was taken for dead')
    onFenced?.()
  }

  /**
   * False while this instance is younger than a gap: it cannot tell yet whether all were down before it, and in
   * a crash loop short outages add up (I5). What is stopped and whole is due all the same.
   */
  async #mayJudgeSilence(): Promise<boolean> {
    const { db, incarnation, timing } = this.#options
    if (this.#isGrown) return true
    this.#firstBeatAt ??= performance.now()
    if (performance.now() - this.#firstBeatAt < timing.gapMs) return false
    await countLoneStart(db, incarnation)
    this.#isGrown = true
    return true
  }

  #track(work: Promise<unknown>): void {
    this.#finalizing.add(work)
    void work.finally(() => this.#finalizing.delete(work))
  }
}
