// Owns the header of the virtual MP4: ftyp as recorded, and a moov that knows every sample, so that a player knows
// duration and where to seek after one request. What describes the codecs is copied from the recorded moov.

import { joinBytes, uintBytes } from './ebml-writer.ts'
import type { Box } from './mp4-box.ts'
import { makeEditList, moveEdits } from './mp4-edits.ts'
import type { Mp4Header } from './mp4-header.ts'
import type { Mp4Track } from './mp4-tracks.ts'
import { box, mdatHead } from './mp4-writer.ts'
import { makePlaces, makeTables } from './sample-boxes.ts'
import type { SampleTable } from './sample-table.ts'
import { makeTimedBox } from './timed-box.ts'

export type Mp4Front = {
  readonly bytes: Uint8Array
  /** Seconds shown, the longest track's. */
  readonly seconds: number
}

export type Mp4FrontParts = {
  readonly header: Mp4Header
  /** By place in the header's list of tracks. */
  readonly tables: readonly SampleTable[]
  /** Take offset of the first byte inside mdat, and how many lie there. */
  readonly from: number
  readonly mediaBytes: number
}

/** All bytes in front of the samples, mdat's head included. */
export function makeMp4Front(parts: Mp4FrontParts): Mp4Front {
  const { header, tables, from, mediaBytes } = parts
  const timescale = commonTimescale(header)
  // A track of which nothing was recorded would only make players wait for it.
  const filled = tables.some((table) => table.sizes.length > 0)
  const tracks = header.tracks.flatMap((track, i) => {
    const table = tables[i]
    if (!table || (filled && table.sizes.length === 0)) return []
    return [timeTrack({ track, table, header, timescale })]
  })
  const duration = tracks.reduce((longest, track) => Math.max(longest, track.duration), 0)
  const make = (place: Place): Uint8Array => {
    const traks = tracks.map((track) => makeTrak(track, place))
    const mvhd = makeTimedBox(header.mvhd, duration, uintBytes(timescale, 4))
    return box('moov', mvhd, ...traks, ...keptOf(header.children))
  }
  const head = mediaBytes > 0 ? mdatHead(mediaBytes) : new Uint8Array(0)
  const frontBytes = header.ftyp.length + head.length
  // Offsets of one width, so that the length of moov does not depend on what they say.
  const short = frontBytes + make({ shift: 0, wide: false }).length + mediaBytes < 2 ** 32
  const moovBytes = make({ shift: 0, wide: !short }).length
  const moov = make({ shift: frontBytes + moovBytes - from, wide: !short })
  return { bytes: joinBytes([header.ftyp, moov, head]), seconds: duration / timescale }
}

/** How take offsets become offsets in the file, and whether these need 64 bits. */
type Place = { readonly shift: number; readonly wide: boolean }

type TimedTrack = {
  readonly track: Mp4Track
  readonly table: SampleTable
  /** Ticks of the movie. */
  readonly duration: number
  readonly edts: readonly Uint8Array[]
  /** Made once: moov is made twice, first to measure it. */
  readonly tables: readonly Uint8Array[]
}

type TrackSource = {
  readonly track: Mp4Track
  readonly table: SampleTable
  readonly header: Mp4Header
  readonly timescale: number
}

function timeTrack({ track, table, header, timescale }: TrackSource): TimedTrack {
  const ticksPerMovieTick = track.timescale / header.timescale
  const { firstTicks, shownTicks, endTicks } = table
  const times = { firstTicks, shownTicks, endTicks }
  const edits = moveEdits({ edits: track.edits, ticksPerMovieTick, ...times })
  const scaled = edits.map((edit) => ({
    ...edit,
    duration: Math.round((edit.duration * timescale) / track.timescale),
  }))
  const duration = scaled.reduce((sum, edit) => sum + edit.duration, 0)
  // Without a list all is shown as it is, from 0.
  const plain = track.edits.length === 0 && firstTicks === 0 && table.skippedTicks === 0
  const edts = plain ? [] : [box('edts', makeEditList(scaled))]
  return { track, table, duration, edts, tables: makeTables(table) }
}

/** The movie's clock must say every track's durations exactly, or waiting times would be rounded to its ticks. */
function commonTimescale({ timescale, tracks }: Mp4Header): number {
  const scales = [timescale, ...tracks.map((track) => track.timescale)]
  const common = scales.reduce((a, b) => (a / greatestDivisor(a, b)) * b, 1)
  return common < 2 ** 32 ? common : Math.max(...scales)
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}

/** What may stand in the file as it was recorded. */
function keptOf(children: readonly Box[]): Uint8Array[] {
  const made = new Set(['mvhd', 'trak', 'mvex'])
  return children.filter((child) => !made.has(child.type)).map((child) => child.whole)
}

function makeTrak({ track, table, duration, edts, tables }: TimedTrack, place: Place): Uint8Array {
  const { children, media, information } = track
  const stsd = track.tables.filter((child) => child.type === 'stsd').map((child) => child.whole)
  const stbl = box('stbl', ...stsd, ...tables, makePlaces(table, place))
  const minf = box('minf', ...replaced(information, { stbl }))
  const mdhd = makeTimedBox(track.mdhd, table.durationTicks)
  const mdia = box('mdia', ...replaced(media, { mdhd, minf }))
  const rest = children.filter((child) => !['tkhd', 'edts', 'mdia'].includes(child.type))
  const tkhd = makeTimedBox(track.tkhd, duration)
  return box('trak', tkhd, ...edts, mdia, ...rest.map((child) => child.whole))
}

function replaced(boxes: readonly Box[], made: Readonly<Record<string, Uint8Array>>): Uint8Array[] {
  return boxes.map(({ type, whole }) => made[type] ?? whole)
}
