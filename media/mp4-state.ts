// Owns what is carried from one chunk of a fragmented MP4 take to the next. It is a function of the take's first bytes
// alone, never of where they were cut, and small: a moof is read as it comes and never held.

import type { MediaErrorCode } from './media-error.ts'
import type { Mp4Track, SampleDefaults } from './mp4-tracks.ts'
import type { TrackInfo } from './webm-tracks.ts'

/** A longer run is cut in two; it bounds what a damaged row of the ledger can claim. */
export const MAX_RUN_SAMPLES = 65_536

/** Times and places beyond this are damage: it is a petabyte, or 35 years of a million ticks a second. */
export const MAX_MP4_NUMBER = 2 ** 50

/** Samples of one track whose bytes lie end to end; the parts of one trun where a cut went through it. */
export type SampleRun = {
  /** The track's ID. */
  readonly track: number
  /** Offset of the first sample's first byte. */
  readonly at: number
  /** Where their moof begins. */
  readonly moof: number
  /** Decode time of the first sample, in ticks of the track. */
  readonly ticks: number
  /** Which entry of stsd describes them, from 1. */
  readonly description: number
  /** One number for each sample, in all four lists. */
  readonly sizes: readonly number[]
  readonly durations: readonly number[]
  /** Composition time − decode time. */
  readonly shifts: readonly number[]
  /** 1 = decoding can begin here, else 0. */
  readonly syncs: readonly number[]
}

/** Where a track stands. */
export type Mp4Clock = {
  readonly number: number
  readonly kind: TrackInfo['kind']
  readonly timescale: number
  readonly shiftTicks: number
  readonly defaults: SampleDefaults
  /** Decode time of the next sample when no tfdt says otherwise. */
  readonly nextTicks: number
  /** Where the latest sample's showing ends, in media time; null before the first. */
  readonly endTicks: number | null
}

/** A trun whose entries are being read. */
export type OpenTrun = {
  readonly end: number
  readonly flags: number
  /** Entries that have not been read yet. */
  readonly left: number
  /** Flags of the very first sample, until it is read. */
  readonly firstFlags: number | null
}

export type OpenTraf = {
  readonly end: number
  /** Place in the list of clocks; null = before tfhd. */
  readonly clock: number | null
  readonly defaults: SampleDefaults
  /** What data offsets count from. */
  readonly base: number
  /** Where the next sample's bytes begin. */
  readonly dataAt: number
  readonly trun: OpenTrun | null
}

/** A fragment, from the head of its moof until the last byte of its samples. */
export type OpenMoof = {
  readonly start: number
  readonly end: number
  /** Behind the samples met so far; `end` before the first. */
  readonly dataEnd: number
  /** Sum of their sizes: more than lies there means that they overlap. */
  readonly dataBytes: number
  /** Samples that no byte of the moof stands for: their number is a claim. */
  readonly implied: number
  /** Where the data of the last traf ended. */
  readonly trafDataEnd: number
  readonly traf: OpenTraf | null
}

/** All offsets count from the first byte of chunk 0; those inside a separate init are negative. */
export type Mp4State = {
  /**
   * `head` until a byte behind moov; behind a hole, and behind damage, `seeking` until the next moof; `ended` when what
   * follows is another file, or no header came (yet it is counted).
   */
  readonly stage: 'head' | 'seeking' | 'media' | 'ended'
  /** Offset of the take's very first byte: 0, or below it by the length of the init; null = unknown, behind a hole. */
  readonly origin: number | null
  /** Behind the last byte seen. */
  readonly received: number
  /** Where reading goes on. */
  readonly position: number
  /** The bytes from `position` to `received`: the header until it is complete, then at most 63. */
  readonly held: Uint8Array
  /** Where the box beside the moofs ends that is passing; null = none is. */
  readonly passEnd: number | null
  readonly moof: OpenMoof | null
  /** Behind the samples of the last complete fragment. */
  readonly completeEnd: number
  readonly clocks: readonly Mp4Clock[]
  readonly trouble: MediaErrorCode | null
}

/** Bytes are missing in front of `at`, and therefore samples of the fragment that began at `moof`; null = of none. */
export type Tear = { readonly at: number; readonly moof: number | null }

export type Mp4Event =
  | { readonly type: 'header'; readonly bytes: Uint8Array; readonly end: number }
  | { readonly type: 'run'; readonly run: SampleRun }
  | ({ readonly type: 'tear' } & Tear)
  /** A box ended and no fragment is open: the stream may be cut here. `endMs` = shown time of what lies before. */
  | { readonly type: 'boundary'; readonly end: number; readonly endMs: number | null }

/** The state before the first byte. `origin` is negative when an init comes before chunk 0. */
export function startMp4(origin = 0): Mp4State {
  return {
    stage: 'head',
    origin,
    received: origin,
    position: origin,
    held: new Uint8Array(0),
    passEnd: null,
    moof: null,
    completeEnd: origin,
    clocks: [],
    trouble: null,
  }
}

/** The state behind a hole, where the next moof may begin anywhere; offsets count from there. */
export function resumeMp4(tracks: readonly Mp4Track[]): Mp4State {
  return { ...startMp4(), stage: 'seeking', origin: null, clocks: tracks.map(startMp4Clock) }
}

export function startMp4Clock({ info, timescale, shiftTicks, defaults }: Mp4Track): Mp4Clock {
  const { number, kind } = info
  return { number, kind, timescale, shiftTicks, defaults, nextTicks: 0, endTicks: null }
}

/** Shown time, in ms, where the latest track ends; null when no sample came yet. */
export function mp4EndMs(clocks: readonly Mp4Clock[]): number | null {
  let endMs: number | null = null
  for (const { endTicks, shiftTicks, timescale } of clocks) {
    if (endTicks === null) continue
    endMs = Math.max(endMs ?? 0, ((endTicks - shiftTicks) * 1000) / timescale)
  }
  return endMs === null ? null : Math.round(endMs)
}
