// Reads a frame stream (u32 length, frame, …) however its bytes are cut. Holds at most one
// frame of at most `maxFrameBytes`; never reads past what it was given.
import { HoldfastError } from './errors.ts'
import { decodeFrame, type Frame, HEAD_BYTES } from './frames.ts'

const LENGTH_BYTES = 4

export class FrameStreamDecoder {
  #maxFrameBytes: number
  readonly #length = new Uint8Array(LENGTH_BYTES)
  #lengthFilled = 0
  #body: Uint8Array | null = null
  #bodyFilled = 0

  /** @param maxFrameBytes longest frame accepted, head included, without its length prefix */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** From the next frame on: who has not said who it is need not be able to make us hold much. */
  allow(maxFrameBytes: number): void {
    this.#maxFrameBytes = maxFrameBytes
  }

  /**
   * Yields each frame that `bytes` completes; payloads are the decoder's own copies.
   * @throws HoldfastError `bad_frame` (shorter than a head) or `frame_too_large`; the stream
   * cannot be read on after either
   */
  *push(bytes: Uint8Array): Generator<Frame, void, undefined> {
    let at = 0
    while (at < bytes.length) {
      at += this.#body ? this.#fillBody(this.#body, bytes, at) : this.#fillLength(bytes, at)
      if (this.#body && this.#bodyFilled === this.#body.length) yield decodeFrame(this.#take())
    }
  }

  /** @throws HoldfastError `bad_frame` when the stream ends inside a frame */
  end(): void {
    if (this.isBetweenFrames()) return
    throw new HoldfastError('bad_frame', { message: 'The stream ends inside a frame.' })
  }

  isBetweenFrames(): boolean {
    return this.#lengthFilled === 0 && this.#body === null
  }

  #fillLength(bytes: Uint8Array, at: number): number {
    const count = Math.min(LENGTH_BYTES - this.#lengthFilled, bytes.length - at)
    this.#length.set(bytes.subarray(at, at + count), this.#lengthFilled)
    this.#lengthFilled += count
    if (this.#lengthFilled === LENGTH_BYTES) this.#openBody()
    return count
  }

  #openBody(): void {
    const length = new DataView(this.#length.buffer).getUint32(0)
    if (length < HEAD_BYTES) {
      throw new HoldfastError('bad_frame', { message: 'The frame is shorter than its head.' })
    }
    if (length > this.#maxFrameBytes) {
      throw new HoldfastError('frame_too_large', { details: { length, max: this.#maxFrameBytes } })
    }
    this.#body = new Uint8Array(length)
    this.#bodyFilled = 0
  }

  #fillBody(body: Uint8Array, bytes: Uint8Array, at: number): number {
    const count = Math.min(body.length - this.#bodyFilled, bytes.length - at)
    body.set(bytes.subarray(at, at + count), this.#bodyFilled)
    this.#bodyFilled += count
    return count
  }

  #take(): Uint8Array {
    const body = this.#body ?? new Uint8Array(0)
    this.#body = null
    this.#lengthFilled = 0
    return body
  }
}

/** Joins frames into one frame stream body. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
