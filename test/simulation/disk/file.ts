// One file: what readers see now, and what would be left of it after a power cut. Only what was synced without an error is
// sure; the rest may be there, in part, or as zeros.
import type { Random } from '../engine/random.ts'

/** Bytes whose write-back failed once: a later sync says nothing of them any more. */
type Lost = { readonly from: number; readonly to: number }

export class SimulatedFile {
  #bytes = new Uint8Array(256)
  #length = 0
  #syncedLength = 0
  readonly #lost: Lost[] = []

  get length(): number {
    return this.#length
  }

  append(part: Uint8Array): void {
    const length = this.#length + part.length
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(2 * length)
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    this.#bytes.set(part, this.#length)
    this.#length = length
  }

  /** As many bytes as there are from `position` on, up to `length`. */
  read(position: number, length: number): Uint8Array {
    return this.#bytes.subarray(position, Math.min(this.#length, position + length))
  }

  sync(): void {
    this.#syncedLength = this.#length
  }

  /** The kernel tells once, marks the pages clean and forgets that they never reached the disk. */
  failSync(): void {
    if (this.#syncedLength < this.#length) {
      this.#lost.push({ from: this.#syncedLength, to: this.#length })
    }
    this.#syncedLength = this.#length
  }

  /** A bit of what is stored turns over. */
  rot(position: number): void {
    if (position < this.#length) this.#bytes[position] = (this.#bytes[position] ?? 0) ^ 0x10
  }

  /** What the next boot finds. */
  losePower(random: Random): void {
    const unsynced = this.#length - this.#syncedLength
    const kept = this.#syncedLength + (unsynced > 0 ? random.whole(0, unsynced) : 0)
    // The size may have reached the disk before the data did.
    if (random.chance(0.3)) this.#bytes.fill(0, this.#syncedLength, kept)
    this.#length = kept
    this.#syncedLength = kept
    for (const { from, to } of this.#lost.splice(0)) {
      this.#bytes.fill(0, Math.min(from, kept), Math.min(to, kept))
    }
  }
}
