// How many bytes may wait for the disk, over all recordings: on a slow disk appends are refused, so that
// memory does not grow without bound.
import { HoldfastError } from '@holdfast/protocol'

export class ByteBudget {
  readonly #maxBytes: number
  #usedBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /**
   * Runs `work` with `bytes` set aside until it settles.
   * @throws HoldfastError `unavailable`, without running it, when they are not free
   */
  async spend<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (this.#usedBytes + bytes > this.#maxBytes) {
      throw new HoldfastError('unavailable', {
        message: 'The disk is too slow for what arrives. Try again soon.',
        details: { queuedBytes: this.#usedBytes, maxBytes: this.#maxBytes },
      })
    }
    this.#usedBytes += bytes
    try {
      return await work()
    } finally {
      this.#usedBytes -= bytes
    }
  }
}
