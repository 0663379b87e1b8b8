// What instances tell each other: that there is something new to read in the ledger, and nothing else. A bus holds
// no fact: whatever it loses is found by whoever looks from time to time.

export interface Bus {
  /**
   * Calls `wake` whenever an instance, this one included, has published, and whenever something may have been missed.
   * Resolves when the others are heard, or when it turns out that they cannot be heard for now.
   */
  listen(wake: () => void): Promise<void>
  /** Something was committed. Wakes this instance at once, the others as soon as the bus can; never throws. */
  publish(): void
  /** Others may not be heard for now: who listens looks more often by itself. */
  readonly isAway: boolean
  /** Nothing is told or heard afterwards. Never rejects. */
  close(): Promise<void>
}
