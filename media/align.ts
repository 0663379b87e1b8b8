// Owns the client's cutting rule: a chunk begins and ends on an element boundary, so that it can stand on
// its own after a gap. It must never lose, add or change a byte: init + all chunks = the input.

/** One piece of a take, ready to become a CHUNK frame. */
export type AlignedChunk = {
  readonly bytes: Uint8Array
  /** True when the first byte begins an element. CHUNK flag bit 0. */
  readonly aligned: boolean
  /** Timecode, in ms, of the Cluster that the first byte belongs to; null = unknown. */
  readonly clusterMs: number | null
  /** The take's media time, in ms, at the last byte; null = unknown. */
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
  /** Takes the bytes of one BlobEvent, of any length, and returns what is complete by now. */
  push(bytes: Uint8Array): AlignedOutput
  /** Ends the take: returns everything still held back. `push` must not be called after it. */
  flush(): AlignedOutput
  /** A copy of what is held back (header bytes too, when they are not complete), for saving at page death. */
  peekHeld(): Uint8Array
}

export type AlignerOptions = {
  /** No chunk is larger than this. @default 1 MiB, limits of the wire contract */
  readonly maxBytes?: number
}
