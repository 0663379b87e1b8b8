// Owns the small numbers format of the stored index: 7 bits a byte, lowest first. It reads inside its bounds only.

import { MediaError } from './media-error.ts'

export class CompactWriter {
  #bytes = new Uint8Array(128)
  #length = 0

  /** A non-negative integer below 2^53. */
  uint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#push((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.#push(rest)
  }

  /** An integer of either sign, its size below 2^52; small ones of either sign stay short. */
  int(value: number): void {
    this.uint(value < 0 ? -value * 2 - 1 : value * 2)
  }

  intOrNull(value: number | null): void {
    this.uint(value === null ? 0 : (value < 0 ? -value * 2 - 1 : value * 2) + 1)
  }

  uintOrNull(value: number | null): void {
    this.uint(value === null ? 0 : value + 1)
  }

  blob(bytes: Uint8Array): void {
    this.uint(bytes.length)
    this.#grow(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #push(byte: number): void {
    this.#grow(1)
    this.#bytes[this.#length++] = byte
  }

  #grow(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** Reads what `CompactWriter` wrote. Every method throws MediaError `bad_index` at the end of the bytes. */
export class CompactReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  uint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new MediaError('bad_index', 'the index is cut')
      value += (byte & 0x7f) * scale
      if (!Number.isSafeInteger(value)) throw new MediaError('bad_index', 'a number past 2^53')
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }

  int(): number {
    return unfold(this.uint())
  }

  intOrNull(): number | null {
    const value = this.uint()
    return value === 0 ? null : unfold(value - 1)
  }

  uintOrNull(): number | null {
    const value = this.uint()
    return value === 0 ? null : value - 1
  }

  blob(): Uint8Array {
    const length = this.uint()
    if (length > this.#bytes.length - this.#at) throw new MediaError('bad_index', 'a cut blob')
    this.#at += length
    return this.#bytes.slice(this.#at - length, this.#at)
  }

  /** A list with its length in front; the bytes left bound the length. */
  list<T>(read: () => T): T[] {
    const length = this.uint()
    if (length > this.#bytes.length - this.#at) throw new MediaError('bad_index', 'a cut list')
    return Array.from({ length }, read)
  }

  /** One of the values of a closed list, stored by its place in it. */
  choice<T>(values: readonly T[]): T {
    const value = values[this.uint()]
    if (value === undefined) throw new MediaError('bad_index', 'a choice that does not exist')
    return value
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  end(): void {
    if (!this.isAtEnd) throw new MediaError('bad_index', 'bytes after the index')
  }
}

function unfold(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
