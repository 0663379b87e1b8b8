// Takes leased work from a table, so much at a time, in every instance. Due is what the rows say, as for the sweeper: no timer
// or memory of this process is needed to go on after a crash.
import { isDatabaseAway } from '@holdfast/db'
import type { Log } from '../observe/log.ts'

export type LaneWork<Claim> = {
  /** Leases at most so many. */
  readonly claim: (limit: number) => Promise<Claim[]>
  /** Works on one; must not reject. `stopping` hands it back. */
  readonly attempt: (claim: Claim, stopping: AbortSignal) => Promise<void>
  /** Attempts at once. */
  readonly slots: number
  /** How often to look when nothing pokes. */
  readonly everyMs: number
  readonly log: Log
}

/** This server stops: what was leased is handed back. */
export const STOPPING = new Error('the server stops')

/** A lease that another holds now, or nobody: the attempt is worth nothing. */
export const LOST = new Error('the lease is lost')

export class Lane<Claim> {
  readonly #work: LaneWork<Claim>
  readonly #running = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> | null = null
  #isWanted = false

  constructor(work: LaneWork<Claim>) {
    this.#work = work
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

  /** Ends what runs and hands it back; resolves when nothing is left. */
  async stop(): Promise<void> {
    this.#stopping.abort(STOPPING)
    if (this.#timer) clearTimeout(this.#timer)
    await this.#round
    await Promise.allSettled(this.#running)
  }

  #schedule(): void {
    if (this.#stopping.signal.aborted) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.poke(), this.#isWanted ? 0 : this.#work.everyMs)
  }

  async #look(): Promise<void> {
    this.#isWanted = false
    const { claim, slots, log } = this.#work
    try {
      const claims = await claim(slots - this.#running.size)
      for (const one of claims) this.#begin(one)
    } catch (error) {
      // The sweeper already says so when the database is away.
      if (!isDatabaseAway(error)) log.warn({ error }, 'work could not be claimed, trying again')
    }
  }

  #begin(claim: Claim): void {
    const attempt = this.#work.attempt(claim, this.#stopping.signal)
    this.#running.add(attempt)
    // A free slot looks at once: there may be more.
    void attempt.finally(() => {
      this.#running.delete(attempt)
      this.poke()
    })
  }
}
