// Owns the client's cutting rule: a chunk begins and ends on an element boundary, so that it can stand on
// its own after a gap. It must never lose, add or change a byte: init + all chunks = the input.

import { type Boundary, BoundaryReader, type BoundarySource } from './boundaries.ts'
import { HeldBytes } from './held-bytes.ts'

/** One piece of a take, ready to become a CHUNK frame. */
export type AlignedChunk = {
  /** Its own buffer: `bytes.buffer` holds nothing else. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** True when the first byte begins an element. CHUNK flag bit 0. */
  readonly aligned: boolean
  /** Timecode, in ms, of the Cluster that the first byte belongs to; null = unknown. */
  readonly clusterMs: number | null
  /** The take's media time, in ms, at the last byte; in WebM where the last packet begins. null = unknown. */
  readonly endMs: number | null
}

/** What one `push` or `flush` sets free. */
export type AlignedOutput = {
  /**
   * Present in exactly one output of a take, at the latest with its first chunk: the container's header, or
   * null when there is none to split off (not WebM, or cut inside its header): then it is inside the chunks.
   */
  readonly init?: Uint8Array | null
  readonly chunks: readonly AlignedChunk[]
}

/** Cuts the BlobEvents of one take. */
export interface Aligner {
  /** Takes the bytes of one BlobEvent, of any length, and returns what is complete by now. They must not change afterwards. */
  push(bytes: Uint8Array): AlignedOutput
  /** Ends the take: returns everything still held back. `push` must not be called after it. */
  flush(): AlignedOutput
  /** A copy of what is held back (header bytes too, when they are not complete), for saving at page death. */
  peekHeld(): Uint8Array<ArrayBuffer>
}

export type AlignerOptions = {
  /** No chunk is larger than this. @default 1 MiB, the wire contract's advice to clients (rule 10) */
  readonly maxBytes?: number
  /** Who finds the places in an MP4: `openMp4Boundaries`. @default nobody; an MP4 is then cut by size only */
  readonly openMp4?: (() => BoundarySource) | undefined
}

const DEFAULT_MAX_BYTES = 1024 * 1024

/** A new aligner for a new take. */
export function createAligner(options: AlignerOptions = {}): Aligner {
  const { maxBytes = DEFAULT_MAX_BYTES, openMp4 } = options
  if (!(maxBytes >= 1)) throw new RangeError(`maxBytes must be at least 1, not ${maxBytes}`)
  return new TakeAligner(maxBytes, new BoundaryReader(openMp4))
}

/** What is known of the first held byte. */
type Here = Omit<Boundary, 'at'> & { readonly aligned: boolean }

const UNKNOWN: Here = { aligned: false, clusterMs: null, endMs: null }

class TakeAligner implements Aligner {
  readonly #maxBytes: number
  readonly #reader: BoundaryReader
  #initKnown = false
  #ended = false
  readonly #held = new HeldBytes()
  /** Take offset of the first held byte. */
  #heldAt = 0
  #here = UNKNOWN
  #chunks: AlignedChunk[] = []

  constructor(maxBytes: number, reader: BoundaryReader) {
    this.#maxBytes = maxBytes
    this.#reader = reader
  }

  push(bytes: Uint8Array): AlignedOutput {
    this.#held.push(bytes)
    const scan = this.#reader.read(bytes)
    this.#ended = scan.ended
    if (scan.clusterMsBefore !== null) {
      this.#here = { ...this.#here, clusterMs: scan.clusterMsBefore }
    }
    const init = this.#settleInit(scan.header)
    this.#cutAt(scan.boundaries)
    return this.#output(init)
  }

  flush(): AlignedOutput {
    this.#ended = true
    const init = this.#settleInit(null)
    this.#cutAt([])
    return this.#output(init)
  }

  peekHeld(): Uint8Array<ArrayBuffer> {
    return this.#held.peek()
  }

  /** Undefined = it was or will be said in another output. */
  #settleInit(header: Uint8Array | null): Uint8Array | null | undefined {
    if (this.#initKnown || (!header && !this.#ended)) return undefined
    this.#initKnown = true
    if (!header) return null
    this.#take(header.length)
    return header
  }

  /**
   * Hands out what lies before the last boundary, in the fewest chunks that keep the size limit. What cannot be cut at
   * a boundary (one huge element, bytes that do not parse) is cut where the limit falls.
   */
  #cutAt(boundaries: readonly Boundary[]): void {
    if (!this.#initKnown) return
    for (let i = 0; i < boundaries.length; i++) {
      const boundary = boundaries[i]
      if (!boundary) break
      this.#cutRawBefore(boundary.at)
      if (boundary.at === this.#heldAt) this.#here = { ...boundary, aligned: true }
      const next = boundaries[i + 1]
      // Behind a raw cut the first boundary is taken: what follows it stands on its own again.
      const fits = next && next.at - this.#heldAt <= this.#maxBytes
      if (fits && this.#here.aligned) continue
      this.#release(boundary.at - this.#heldAt, boundary.endMs)
      this.#here = { ...boundary, aligned: true }
    }
    const heldEnd = this.#heldAt + this.#held.length
    this.#cutRawBefore(heldEnd)
    if (this.#ended) this.#release(this.#held.length, this.#here.endMs)
  }

  /** Cuts inside an element as long as what lies before `at` is too large for one chunk. */
  #cutRawBefore(at: number): void {
    while (at - this.#heldAt > this.#maxBytes) this.#release(this.#maxBytes, this.#here.endMs)
  }

  #release(length: number, endMs: number | null): void {
    if (length === 0) return
    const { aligned, clusterMs } = this.#here
    this.#chunks.push({ bytes: this.#take(length), aligned, clusterMs, endMs })
    this.#here = { aligned: false, clusterMs, endMs }
  }

  #take(length: number): Uint8Array<ArrayBuffer> {
    this.#heldAt += length
    return this.#held.take(length)
  }

  #output(init: Uint8Array | null | undefined): AlignedOutput {
    const chunks = this.#chunks
    this.#chunks = []
    return init === undefined ? { chunks } : { init, chunks }
  }
}
