// Owns what is carried from one chunk of a WebM take to the next. It is a function of the take's first bytes
// alone, never of where they were cut, and small enough to be written with every chunk's index.

import type { MediaErrorCode } from './media-error.ts'

/** A Cluster whose children are being read. */
export type OpenCluster = {
  readonly start: number
  readonly headBytes: number
  /** Null = unknown size: it ends where the next top-level element begins. */
  readonly end: number | null
  readonly timecode: number
  /** True once its `cluster` event is out: with the Timecode, or the first block when that is missing. */
  readonly announced: boolean
}

/** What the first bytes of a block say. */
export type BlockLead = {
  readonly track: number
  /** Signed 16 bits, relative to the Cluster's timecode. */
  readonly relativeTicks: number
  readonly keyframe: boolean
  /** How many frames its payload holds, with their sizes in front; 0 without lacing. */
  readonly lacedFrames: number
  /** Take offset of the first frame. */
  readonly payloadAt: number
  /** Of all frames together, without the list of their sizes; 0 when that list was not understood. */
  readonly payloadBytes: number
  /** The first two bytes of the first frame: an Opus packet tells its duration there. */
  readonly first: number
  readonly second: number
}

/** A SimpleBlock or BlockGroup whose last byte has not come yet. */
export type OpenBlock = {
  readonly start: number
  readonly end: number
  readonly grouped: boolean
  /** Null until the Block inside the group was met. */
  readonly lead: BlockLead | null
  readonly durationTicks: number | null
  readonly referenced: boolean
}

/** Any other element whose last byte has not come yet. */
export type OpenElement = { readonly start: number; readonly headBytes: number }

/** All offsets count from the first byte of chunk 0; those inside a separate init are negative. */
export type WebmState = {
  /** `head` until the first Cluster; `ended` when what follows cannot be understood (yet it is counted). */
  readonly stage: 'head' | 'media' | 'ended'
  /** Behind the last byte seen. */
  readonly received: number
  /** Where the next element head begins; larger than `received` while a payload is passing. */
  readonly position: number
  /** The bytes from `position` to `received`: the header until it is complete, then at most 25, or the
   * sizes of a laced block (1 KiB). */
  readonly held: Uint8Array
  readonly segmentEnd: number | null
  readonly cluster: OpenCluster | null
  readonly block: OpenBlock | null
  readonly other: OpenElement | null
  /** Behind the last complete element that belongs into a file. */
  readonly completeEnd: number
  readonly trouble: MediaErrorCode | null
}

export type WebmEvent =
  /** The header is complete; the first Cluster begins at `end`. */
  | { readonly type: 'header'; readonly bytes: Uint8Array; readonly end: number }
  /** A Cluster whose timecode is known now; null = it ended empty, before it had one. */
  | {
      readonly type: 'cluster'
      readonly start: number
      readonly headBytes: number
      readonly timecode: number | null
      /** From the end of its head to behind its Timecode; 0 when it has none. */
      readonly timecodeBytes: number
    }
  /** A complete block. `timeTicks` is absolute, `relative` counts from the end of the Cluster's head. */
  | {
      readonly type: 'block'
      readonly start: number
      readonly end: number
      readonly relative: number
      readonly clusterTicks: number
      readonly timeTicks: number
      readonly durationTicks: number | null
      readonly lead: BlockLead
    }
  /** Any other complete element, inside a Cluster or beside it. */
  | {
      readonly type: 'other'
      readonly start: number
      readonly headBytes: number
      readonly end: number
      readonly inCluster: boolean
    }

/** The state before the first byte. `received` is negative when an init comes before chunk 0. */
export function startWebm(received = 0): WebmState {
  return {
    stage: 'head',
    received,
    position: received,
    held: new Uint8Array(0),
    segmentEnd: null,
    cluster: null,
    block: null,
    other: null,
    completeEnd: received,
    trouble: null,
  }
}
