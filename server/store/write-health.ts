// Whether a store takes bytes: `failing` from a failure until something that began after it succeeds.
export class WriteHealth {
  #failures = 0
  #isFailing = false
  #lastError: string | null = null

  get isFailing(): boolean {
    return this.#isFailing
  }

  get lastError(): string | null {
    return this.#lastError
  }

  /**
   * Runs one write and remembers how it went. A success counts only if no failure came while it
   * ran: it may have been on its way long before the store broke.
   */
  async watch<T>(work: () => Promise<T>): Promise<T> {
    const failuresBefore = this.#failures
    try {
      const result = await work()
      if (this.#failures === failuresBefore) this.#isFailing = false
      return result
    } catch (error) {
      this.fail(error)
      throw error
    }
  }

  /** A write failed that was not watched. */
  fail(error: unknown): void {
    this.#failures += 1
    this.#isFailing = true
    this.note(error)
  }

  /** An error that endangers nothing, such as one from closing a synced file. */
  note(error: unknown): void {
    this.#lastError = error instanceof Error ? error.message : String(error)
  }
}
