// Owns the newest unacked chunks that would fit into a beacon: when the page dies IndexedDB cannot be read.
import { LIMITS } from '@holdfast/protocol'
import type { TailChunk } from './hand-over.ts'

export class TailCache {
  readonly #chunks: TailChunk[] = []

  get chunks(): readonly TailChunk[] {
    return this.#chunks
  }

  add(chunk: TailChunk): void {
    this.#chunks.push(chunk)
    let bytes = this.#chunks.reduce((sum, one) => sum + one.chunk.bytes.byteLength, 0)
    while (bytes > LIMITS.beaconBytes) bytes -= this.#chunks.shift()?.chunk.bytes.byteLength ?? 0
  }

  /** It is acked. */
  drop(take: number, seq: number): void {
    const at = this.#chunks.findIndex((one) => one.take === take && one.seq === seq)
    if (at >= 0) this.#chunks.splice(at, 1)
  }
}
