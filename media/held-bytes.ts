// Owns the bytes that are held back until it is known where to cut: as they came, and copied once, when they are let go. A
// second of video is too much to be joined to what was held before, each time, in the page's own thread.
import { joinBytes } from './ebml-writer.ts'

export class HeldBytes {
  #parts: Uint8Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The bytes must not change afterwards. */
  push(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.#length += bytes.length
  }

  /** The first bytes, in a buffer of their own; they are not held any more. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const taken: Uint8Array[] = []
    let missing = length
    for (let part = this.#parts.shift(); part; part = this.#parts.shift()) {
      taken.push(part.subarray(0, missing))
      if (part.length > missing) {
        this.#parts.unshift(part.subarray(missing))
        break
      }
      missing -= part.length
    }
    this.#length -= length
    return joinBytes(taken)
  }

  /** A copy of all of them. */
  peek(): Uint8Array<ArrayBuffer> {
    return joinBytes(this.#parts)
  }
}
