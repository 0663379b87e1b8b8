// Many who ask for the same thing at once: it is done once at a time, and once more for all who asked meanwhile.

export class Coalesced {
  readonly #work: () => Promise<void>
  #running: Promise<void> | null = null
  #isWanted = false

  /** @param work never rejects */
  constructor(work: () => Promise<void>) {
    this.#work = work
  }

  ask(): void {
    this.#isWanted = true
    this.#running ??= this.#run()
  }

  /** Resolves when nothing is left to do. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false
      await this.#work()
    }
    this.#running = null
  }
}
