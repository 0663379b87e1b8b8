// Owns what the server remembers of a chunk so that it never has to read it again to lay out the file.
// A deterministic function of the take's contiguous prefix: where the cuts lie must not change the file.

/** A top-level element of the take; the file is laid out from one mark to the next. */
export type ClusterMark = {
  /** First byte of its head, relative to the chunk's first byte; negative when the head began earlier. */
  readonly offset: number
  /** Bytes of id and size as recorded. */
  readonly headBytes: number
  /** The Cluster's timecode in ticks (1 ms as Chromium writes it); null = not a Cluster, left out of the file. */
  readonly timecode: number | null
}

/** A place where playing can begin. */
export type CueMark = {
  /** Which of this chunk's `clusters`; -1 = the last Cluster marked before this chunk. */
  readonly cluster: number
  /** Where the block begins, counted from the end of the Cluster's head. */
  readonly relative: number
  readonly timeTicks: number
  readonly track: number
}

/** What of a track this chunk completed. */
export type TrackSpan = {
  readonly track: number
  readonly firstMs: number
  readonly lastMs: number
}
