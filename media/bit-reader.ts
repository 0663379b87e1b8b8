// Owns numbers that do not begin or end at a byte, as codecs write them into the head of a frame.

import { MediaError } from './media-error.ts'

/** Reads from the highest bit down; past the end it throws MediaError `bad_element`. */
export class BitReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** An unsigned number of up to 32 bits. */
  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value = value * 2 + this.#bit()
    return value
  }

  flag(): boolean {
    return this.#bit() === 1
  }

  /** A run of zeros, a one, and as many bits as there were zeros: AV1's uvlc, and H.264's ue. */
  exponential(): number {
    let zeros = 0
    while (!this.flag()) zeros++
    if (zeros >= 32) throw new MediaError('bad_element', 'a number past 32 bits')
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  #bit(): number {
    const byte = this.#bytes[this.#at >> 3]
    if (byte === undefined) throw new MediaError('bad_element', 'a cut frame')
    const bit = (byte >> (7 - (this.#at & 7))) & 1
    this.#at += 1
    return bit
  }
}
