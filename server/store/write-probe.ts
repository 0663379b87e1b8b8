// While a store is failing and nobody writes, only a try can tell that it works again: a server taken out of rotation
// would else stay failing for ever.
import type { WriteHealth } from './write-health.ts'

const PROBE_EVERY_MS = 1000

export class WriteProbe {
  readonly #health: WriteHealth
  readonly #now: () => number
  #triedAt = Number.NEGATIVE_INFINITY

  /** @param now milliseconds of a clock that never goes back */
  constructor(health: WriteHealth, now: () => number) {
    this.#health = health
    this.#now = now
  }

  /**
   * Tries at most once a second; what comes of it is in the health. Never throws.
   * @param write writes something, durably
   * @param remove removes it again
   */
  async run(write: () => Promise<void>, remove: () => Promise<void>): Promise<void> {
    if (this.#now() - this.#triedAt < PROBE_EVERY_MS) return
    this.#triedAt = this.#now()
    try {
      await this.#health.watch(write)
      await remove()
    } catch (error) {
      this.#health.note(error)
    }
  }
}
