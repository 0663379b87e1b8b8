// Owns a recorded MP4 track that stands in for the tracks of other takes: under another number, with a finer clock, with more
// than one sample description.

import { joinBytes, uintBytes } from './ebml-writer.ts'
import { readBoxes } from './mp4-box.ts'
import type { Edit } from './mp4-edits.ts'
import type { Mp4Track } from './mp4-tracks.ts'
import { fullBox, uint32s } from './mp4-writer.ts'

/** Bytes of stsd in front of its entries: version, flags and how many they are. */
const STSD_HEAD_BYTES = 8
/** A clock must fit in 32 bits, and a pause of half a day in a sample's duration. */
const MAX_TIMESCALE = 2 ** 31

/** A clock that says both exactly: recorders count in frames, so other devices count otherwise. Null = too fine. */
export function commonScale(a: number, b: number): number | null {
  let [divisor, rest] = [a, b]
  while (rest > 0) [divisor, rest] = [rest, divisor % rest]
  const common = (a / divisor) * b
  return common < MAX_TIMESCALE ? common : null
}

/** The same track by a clock of which the recorded one is a part. */
export function rescaled(track: Mp4Track, timescale: number): Mp4Track {
  const scale = timescale / track.timescale
  if (scale === 1) return track
  const middle = uintBytes(timescale, 4)
  return {
    ...track,
    timescale,
    shiftTicks: track.shiftTicks * scale,
    edits: track.edits.map(({ duration, mediaTime }): Edit => {
      return { duration, mediaTime: mediaTime === null ? null : mediaTime * scale }
    }),
    mdhd: { ...track.mdhd, middle },
  }
}

export function withNumber(track: Mp4Track, number: number): Mp4Track {
  const { tkhd, info } = track
  if (info.number === number) return track
  const middle = joinBytes([uintBytes(number, 4), tkhd.middle.subarray(4)])
  return { ...track, info: { ...info, number }, tkhd: { ...tkhd, middle } }
}

/** The boxes in stsd, whole. @throws MediaError when they do not fit in it */
export function sampleEntries({ tables }: Mp4Track): Uint8Array[] {
  const stsd = tables.find(({ type }) => type === 'stsd')
  const boxes = stsd ? readBoxes(stsd.payload.subarray(STSD_HEAD_BYTES)) : []
  return boxes.map(({ whole }) => whole)
}

export function withSampleEntries(track: Mp4Track, entries: readonly Uint8Array[]): Mp4Track {
  const whole = fullBox('stsd', {}, uint32s([entries.length]), ...entries)
  const tables = track.tables.map((one) => (one.type === 'stsd' ? { ...one, whole } : one))
  return { ...track, tables }
}
