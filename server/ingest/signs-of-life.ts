// Which recordings showed a sign of life since the last tick: one UPDATE for all of them (R5, rule 8).
// Holds no fact that matters: a crash loses at most one tick, which is far inside the grace time.
import { type Db, touchRecordings } from '@holdfast/db'

export class SignsOfLife {
  readonly #db: Db
  #seen = new Set<string>()

  constructor(db: Db) {
    this.#db = db
  }

  mark(recordingId: string): void {
    this.#seen.add(recordingId)
  }

  /** Commits what was seen. On failure the signs are kept for the next tick, and the error is thrown. */
  async flush(): Promise<void> {
    const seen = this.#seen
    this.#seen = new Set()
    try {
      await touchRecordings(this.#db, [...seen])
    } catch (error) {
      for (const id of seen) this.#seen.add(id)
      throw error
    }
  }
}
