// Takes jobs of some kinds from the queue, so many at a time, in every instance that has ffmpeg. Due is what the rows
// say, as for the sweeper: no timer or memory of this process is needed to go on after a crash.
import { claimJobs, isDatabaseAway } from '@holdfast/db'
import type { JobKind } from '@holdfast/protocol'
import { attemptJob, type JobDeps, STOPPING } from './job-attempt.ts'

export type LaneOptions = JobDeps & {
  readonly kinds: readonly JobKind[]
  /** Jobs at once. */
  readonly slots: number
  /** How often to look when nothing pokes. */
  readonly everyMs: number
}

export class JobLane {
  readonly #options: LaneOptions
  readonly #running = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> | null = null
  #isWanted = false

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /** Looks for work now, or once more after the look that runs. */
  poke(): void {
    this.#isWanted = true
    if (this.#round || this.#stopping.signal.aborted) return
    this.#round = this.#look().finally(() => {
      this.#round = null
      this.#schedule()
    })
  }

  /** Kills what runs and hands its jobs back; resolves when no process is left. */
  async stop(): Promise<void> {
    this.#stopping.abort(STOPPING)
    if (this.#timer) clearTimeout(this.#timer)
    await this.#round
    await Promise.allSettled(this.#running)
  }

  #schedule(): void {
    if (this.#stopping.signal.aborted) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.poke(), this.#isWanted ? 0 : this.#options.everyMs)
  }

  async #look(): Promise<void> {
    this.#isWanted = false
    const { db, kinds, slots, leaseMs, log } = this.#options
    try {
      const claims = await claimJobs(db, { kinds, leaseMs, limit: slots - this.#running.size })
      for (const claim of claims) {
        const attempt = attemptJob(this.#options, claim, this.#stopping.signal)
        this.#running.add(attempt)
        // A free slot looks at once: there may be more.
        void attempt.finally(() => {
          this.#running.delete(attempt)
          this.poke()
        })
      }
    } catch (error) {
      // The sweeper already says so when the database is away.
      if (!isDatabaseAway(error)) log.warn({ error }, 'jobs could not be claimed, trying again')
    }
  }
}
