// How many CHUNKs, and how many of their bytes, one connection has unacknowledged (rule 10).
import { HoldfastError, type WireLimits } from '@holdfast/protocol'

export class Window {
  readonly #limits: WireLimits
  #chunks = 0
  #bytes = 0

  constructor(limits: WireLimits) {
    this.#limits = limits
  }

  /** @throws HoldfastError `window_exceeded` */
  open(bytes: number): void {
    this.#chunks += 1
    this.#bytes += bytes
    const { window, windowBytes } = this.#limits
    // One chunk alone may be as large as a chunk may be.
    const isOver = this.#chunks > window || (this.#bytes > windowBytes && this.#chunks > 1)
    if (isOver) throw new HoldfastError('window_exceeded')
  }

  close(bytes: number): void {
    this.#chunks -= 1
    this.#bytes -= bytes
  }
}
