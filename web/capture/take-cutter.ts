// Owns the numbering of one take's chunks: slices go in as they come, numbered chunks come out, cut at
// element boundaries, none larger than the server is known to take. Not one byte is lost, doubled or numbered
// twice, also when the page nearly dies; what has a number never changes any more.
import { type AlignedChunk, createAligner } from '@holdfast/media'
import { LIMITS } from '@holdfast/protocol'
import { mp4Cutting } from './mp4-cutting.ts'

export type CutChunk = AlignedChunk & { readonly seq: number }

export type Cut = {
  /** Present once per take: its header, or null when that is inside chunk 0. */
  readonly init?: Uint8Array | null
  readonly chunks: readonly CutChunk[]
}

const UNKNOWN = { aligned: false, clusterMs: null, endMs: null }

/**
 * Bytes as they came, cut only by size. Two places must cut alike: the page and its service worker.
 * @param maxBytes no chunk is larger
 */
export function cutRaw(
  bytes: Uint8Array<ArrayBuffer>,
  firstSeq: number,
  maxBytes: number,
): CutChunk[] {
  return Array.from({ length: rawChunkCount(bytes.length, maxBytes) }, (_, at) => {
    const part = bytes.slice(at * maxBytes, (at + 1) * maxBytes)
    return { ...UNKNOWN, bytes: part, seq: firstSeq + at }
  })
}

export function rawChunkCount(size: number, maxBytes: number): number {
  return Math.ceil(size / maxBytes)
}

/** A chunk in pieces that the server takes: the first begins where it began, the last ends where it ended. */
function splitChunk(chunk: AlignedChunk, maxBytes: number): AlignedChunk[] {
  const count = rawChunkCount(chunk.bytes.length, maxBytes)
  if (count <= 1) return [chunk]
  return Array.from({ length: count }, (_, at) => {
    const bytes = chunk.bytes.slice(at * maxBytes, (at + 1) * maxBytes)
    const { aligned, clusterMs } = at === 0 ? chunk : UNKNOWN
    return { bytes, aligned, clusterMs, endMs: at === count - 1 ? chunk.endMs : null }
  })
}

export class TakeCutter {
  readonly #aligner = createAligner({
    maxBytes: LIMITS.splitChunkBytes,
    openMp4: mp4Cutting(),
  })
  readonly #readLimit: () => number
  #nextSeq = 0
  /** After `release` bytes are passed on raw: the held tail was handed out inside an element. */
  #raw = false
  #rawLimit: number = LIMITS.splitChunkBytes

  /** @param readLimit the longest chunk that the server takes, as far as that is known by now */
  constructor(readLimit: () => number = () => LIMITS.splitChunkBytes) {
    this.#readLimit = readLimit
  }

  /** What `cutRaw` is to be given for slices after `release`: it does not change any more. */
  get rawLimit(): number {
    return this.#rawLimit
  }

  /** How many chunks there are so far. */
  get nextSeq(): number {
    return this.#nextSeq
  }

  push(bytes: Uint8Array<ArrayBuffer>): Cut {
    if (!this.#raw) return this.#number(this.#aligner.push(bytes))
    const chunks = cutRaw(bytes, this.#nextSeq, this.#rawLimit)
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
    this.#rawLimit = this.#limit()
    return this.#number(this.#aligner.flush())
  }

  #limit(): number {
    return Math.max(1, Math.min(LIMITS.splitChunkBytes, this.#readLimit()))
  }

  #number(output: { init?: Uint8Array | null; chunks: readonly AlignedChunk[] }): Cut {
    const limit = this.#raw ? this.#rawLimit : this.#limit()
    const pieces = output.chunks.flatMap((chunk) => splitChunk(chunk, limit))
    const chunks = pieces.map((chunk) => {
      const seq = this.#nextSeq
      this.#nextSeq += 1
      return { ...chunk, seq }
    })
    return output.init === undefined ? { chunks } : { init: output.init, chunks }
  }
}
