// Owns the time recorded: what a person sees counting, pauses left out.

export class RecordClock {
  #recordedMs = 0
  #since: number | null = null

  run(): void {
    this.#since ??= performance.now()
  }

  hold(): void {
    this.#recordedMs = this.read()
    this.#since = null
  }

  read(): number {
    return this.#recordedMs + (this.#since === null ? 0 : performance.now() - this.#since)
  }
}
