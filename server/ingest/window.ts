// How many frames, and how many of their bytes, one connection has unanswered: CHUNKs as rule 10 says, the others
// within a bound that only a flood meets. Plain PINGs are not counted: nothing of them waits.
import { HoldfastError, type WireLimits } from '@holdfast/protocol'

type Bounds = Pick<WireLimits, 'window' | 'windowBytes'>

/** TAKE, CHECK, FINISH: no client has as many on their way, and each of them waits for the ledger. */
export const MAX_OTHER_FRAMES = 4096

export class Window {
  readonly #limits: Bounds
  #frames = 0
  #bytes = 0

  constructor(limits: Bounds) {
    this.#limits = limits
  }

  /** @throws HoldfastError `window_exceeded` */
  open(bytes: number): void {
    this.#frames += 1
    this.#bytes += bytes
    const { window, windowBytes } = this.#limits
    // One chunk alone may be as large as a chunk may be.
    const isOver = this.#frames > window || (this.#bytes > windowBytes && this.#frames > 1)
    if (isOver) throw new HoldfastError('window_exceeded')
  }

  close(bytes: number): void {
    this.#frames -= 1
    this.#bytes -= bytes
  }
}
