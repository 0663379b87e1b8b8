// Owns the header of the virtual WebM: what stands in front of the first Cluster so that a player knows size,
// duration and where to seek after one request. Tracks are as recorded; only Segment, SeekHead, Duration and Cues are new.

import { ID, readChildren } from './ebml.ts'
import {
  element,
  floatElement,
  joinBytes,
  size8,
  uintBytes,
  uintElement,
  uintLength,
} from './ebml-writer.ts'
import type { WebmHeader } from './webm-header.ts'
import { DEFAULT_TIMECODE_SCALE_NS } from './webm-tracks.ts'

/** A seek point: `mediaAt` = offset of its Cluster among the media bytes, so 0 for the first Cluster. */
export type CuePoint = {
  readonly timeTicks: number
  readonly track: number
  readonly mediaAt: number
  /** Where the block begins in the Cluster, from the end of its head; null = at its beginning. */
  readonly relative: number | null
}

export type FrontParts = {
  readonly header: WebmHeader
  /** Null when no packet was recorded: a Duration of 0 would be a claim. */
  readonly durationTicks: number | null
  readonly cues: readonly CuePoint[]
  readonly mediaBytes: number
}

/** Every SeekPosition is written this wide, so that the SeekHead's length does not depend on what it says. */
const SEEK_POSITION_BYTES = 4
/** Longest CuePoint that `cuePoint` makes. */
const MAX_CUE_BYTES = 48
/** A Timecode as `madeTimecode` writes it: id, size, 8 bytes. */
export const MADE_TIMECODE_BYTES = 10
/** Replaced (SeekHead, Cues), or meaningless once elements have moved (Void, CRC-32 of the Segment). */
const NOT_KEPT: ReadonlySet<number> = new Set([ID.seekHead, ID.cues, ID.void, ID.crc32, ID.info])

/** All bytes in front of the first Cluster. */
export function makeFront(parts: FrontParts): Uint8Array {
  const info = makeInfo(parts)
  const kept = parts.header.children.filter((child) => !NOT_KEPT.has(child.id))
  const elements = [info, ...kept.map((child) => child.whole)]
  const cues = placeCues(parts, seekHeadBytes(elements, parts.cues) + totalBytes(elements))
  if (cues) elements.push(cues)
  const data = joinBytes([makeSeekHead(elements, seekHeadBytes(elements, [])), ...elements])
  const segmentBytes = data.length + parts.mediaBytes
  return joinBytes([parts.header.ebml, uintBytes(ID.segment), size8(segmentBytes), data])
}

/** The Timecode of a Cluster whose own is lost or stays behind, of one length for all times. */
export function madeTimecode(ticks: number): Uint8Array {
  return uintElement(ID.timecode, ticks, MADE_TIMECODE_BYTES - 2)
}

/** Info as recorded, with Duration in the place of the one that a recorder cannot know. */
function makeInfo({ header, durationTicks }: FrontParts): Uint8Array {
  const recorded = header.children.find((child) => child.id === ID.info)
  const children = recorded ? [...readChildren(recorded.payload)] : []
  const kept = children.filter((child) => child.id !== ID.duration && child.id !== ID.crc32)
  const parts = kept.map((child) => child.whole)
  if (!recorded) parts.push(uintElement(ID.timecodeScale, DEFAULT_TIMECODE_SCALE_NS))
  if (durationTicks !== null) parts.push(floatElement(ID.duration, durationTicks))
  return element(ID.info, ...parts)
}

/** Cues whose positions count from the Segment's data; `before` = bytes of the data in front of Cues. */
function placeCues(parts: FrontParts, before: number): Uint8Array | null {
  const { cues, mediaBytes } = parts
  if (cues.length === 0) return null
  // One width for all positions, so that the length of Cues does not depend on where they end.
  const width = uintLength(before + mediaBytes + (cues.length + 1) * MAX_CUE_BYTES)
  const make = (mediaStart: number) =>
    element(ID.cues, ...cues.map((cue) => cuePoint(cue, mediaStart + cue.mediaAt, width)))
  return make(before + make(0).length)
}

function cuePoint(cue: CuePoint, position: number, width: number): Uint8Array {
  const positions = [
    uintElement(ID.cueTrack, cue.track),
    uintElement(ID.cueClusterPosition, position, width),
  ]
  if (cue.relative !== null) positions.push(uintElement(ID.cueRelativePosition, cue.relative))
  return element(
    ID.cuePoint,
    uintElement(ID.cueTime, Math.max(0, cue.timeTicks)),
    element(ID.cueTrackPositions, ...positions),
  )
}

function makeSeekHead(elements: readonly Uint8Array[], ownBytes: number): Uint8Array {
  const entries: Uint8Array[] = []
  let position = ownBytes
  for (const one of elements) {
    // All elements worth finding have ids of 4 bytes.
    if (((one[0] ?? 0) & 0xf0) === 0x10) entries.push(seekEntry(one.subarray(0, 4), position))
    position += one.length
  }
  return element(ID.seekHead, ...entries)
}

function seekEntry(id: Uint8Array, position: number): Uint8Array {
  return element(
    ID.seek,
    element(ID.seekId, id),
    uintElement(ID.seekPosition, position, SEEK_POSITION_BYTES),
  )
}

/** Length of the SeekHead over these elements, and over Cues when there are to be some. */
function seekHeadBytes(elements: readonly Uint8Array[], cues: readonly CuePoint[]): number {
  const ids = [...elements, ...(cues.length > 0 ? [uintBytes(ID.cues)] : [])]
  return makeSeekHead(ids, 0).length
}

function totalBytes(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
