// Owns the numbering of one take's chunks: slices go in as they come, numbered chunks come out, cut at
// element boundaries. Not one byte is lost, doubled or numbered twice, also when the page nearly dies.
import { type AlignedChunk, createAligner } from '@holdfast/media'
import { LIMITS } from '@holdfast/protocol'

export type CutChunk = AlignedChunk & { readonly seq: number }

export type Cut = {
  /** Present once per take: its header, or null when that is inside chunk 0. */
  readonly init?: Uint8Array | null
  readonly chunks: readonly CutChunk[]
}

/** Bytes as they came, cut only by size. Two places must cut alike: the page and its service worker. */
export function cutRaw(bytes: Uint8Array<ArrayBuffer>, firstSeq: number): CutChunk[] {
  const unknown = { aligned: false, clusterMs: null, endMs: null }
  return Array.from({ length: rawChunkCount(bytes.length) }, (_, at) => {
    const from = at * LIMITS.splitChunkBytes
    const part = bytes.slice(from, from + LIMITS.splitChunkBytes)
    return { ...unknown, bytes: part, seq: firstSeq + at }
  })
}

export function rawChunkCount(size: number): number {
  return Math.ceil(size / LIMITS.splitChunkBytes)
}

export class TakeCutter {
  readonly #aligner = createAligner({ maxBytes: LIMITS.splitChunkBytes })
  #nextSeq = 0
  /** After `release` bytes are passed on raw: the held tail was handed out inside an element. */
  #raw = false

  /** How many chunks there are so far. */
  get nextSeq(): number {
    return this.#nextSeq
  }

  push(bytes: Uint8Array<ArrayBuffer>): Cut {
    if (!this.#raw) return this.#number(this.#aligner.push(bytes))
    const chunks = cutRaw(bytes, this.#nextSeq)
    this.#nextSeq += chunks.length
    return { chunks }
  }

  /**
   * Hands out everything that is held back. Slices may still follow (the page may come back after all);
   * they are then cut by size only, which changes nothing in the final file.
   */
  release(): Cut {
    if (this.#raw) return { chunks: [] }
    this.#raw = true
    return this.#number(this.#aligner.flush())
  }

  #number(output: { init?: Uint8Array | null; chunks: readonly AlignedChunk[] }): Cut {
    const chunks = output.chunks.map((chunk) => {
      const seq = this.#nextSeq
      this.#nextSeq += 1
      return { ...chunk, seq }
    })
    return output.init === undefined ? { chunks } : { init: output.init, chunks }
  }
}
