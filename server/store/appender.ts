// The queue before one recording's segment. Group commit: while a write and its fdatasync run, further frames
// queue and share the next ones. After a failure everything that waits is refused (R8).
import { type Frame, HoldfastError, LIMITS } from '@holdfast/protocol'
import type { StoredAt } from './chunk-store.ts'
import { contentOffset, storedBytes, streamHead } from './frame-place.ts'

/** One batch: what some full windows hold, and bounded time under one fdatasync. */
const MAX_BATCH_FRAMES = 256
const MAX_BATCH_BYTES = 2 * LIMITS.windowBytes

type Waiting = {
  readonly frame: Frame
  readonly resolve: (at: StoredAt) => void
  readonly reject: (error: unknown) => void
}

export type AppenderSeams = {
  /** Runs a flush when its turn has come. */
  inTurn(flush: () => Promise<void>): Promise<void>
  /** Resolves with where the first of `parts` begins, when all are durable. */
  write(parts: Uint8Array[]): Promise<StoredAt>
  /** Nothing waits any more; this appender may be forgotten. */
  idle(): void
}

export class Appender {
  readonly #seams: AppenderSeams
  #queue: Waiting[] = []
  #draining: Promise<void> | null = null

  constructor(seams: AppenderSeams) {
    this.#seams = seams
  }

  append(frame: Frame): Promise<StoredAt> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ frame, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Refuses what has not begun to be written. */
  refuseWaiting(error: unknown): void {
    for (const waiting of this.#queue.splice(0)) waiting.reject(error)
  }

  /** Resolves when nothing waits. */
  async settle(): Promise<void> {
    while (this.#draining) await this.#draining
  }

  async #drain(): Promise<void> {
    // Frames of the same tick share the first batch.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      // The batch is taken when its turn has come: what queued meanwhile goes with it.
      await this.#seams.inTurn(() => this.#flush(this.#takeBatch()))
    }
    this.#draining = null
    this.#seams.idle()
  }

  async #flush(batch: Waiting[]): Promise<void> {
    if (batch.length === 0) return
    try {
      const parts = batch.flatMap(({ frame }) => [streamHead(frame), frame.payload])
      const { segment, offset } = await this.#seams.write(parts)
      let start = offset
      for (const { frame, resolve } of batch) {
        resolve({ segment, offset: contentOffset(frame, start) })
        start += storedBytes(frame)
      }
    } catch (cause) {
      const error = new HoldfastError('unavailable', { cause })
      for (const waiting of batch) waiting.reject(error)
      this.refuseWaiting(error)
    }
  }

  #takeBatch(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { frame } of this.#queue) {
      bytes += storedBytes(frame)
      if (count > 0 && (count === MAX_BATCH_FRAMES || bytes > MAX_BATCH_BYTES)) break
      count += 1
    }
    return this.#queue.splice(0, count)
  }
}
