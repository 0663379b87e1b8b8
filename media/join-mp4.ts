// Owns the virtual MP4 file of several takes: the first one's header, with the tracks of all, whose tables go on from take
// to take. A take that describes its codec otherwise gets a sample description of its own.

import type { TakeJoin, TakePart } from './join-takes.ts'
import { describesItself, matchTracks } from './join-tracks.ts'
import type { VirtualFile } from './layout.ts'
import { fileOfTables, type PlacedMp4 } from './layout-mp4.ts'
import { MediaError } from './media-error.ts'
import {
  commonScale,
  rescaled,
  sampleEntries,
  withNumber,
  withSampleEntries,
} from './mp4-retrack.ts'
import type { Mp4Track } from './mp4-tracks.ts'
import { SampleTable, type TableMove } from './sample-table.ts'
import { laterRun } from './take-runs.ts'

/** A track of the file. */
type JoinedTrack = {
  readonly track: Mp4Track
  readonly table: SampleTable
  /** Its sample descriptions, whole. */
  readonly entries: readonly Uint8Array[]
}

/** What a track of the file gets from a take. */
type Growth = {
  /** Its place among the file's tracks. */
  readonly at: number
  readonly grown: JoinedTrack
  readonly more: SampleTable
  readonly move: TableMove
}

/** `placesAt` = what the sample tables call its first byte: there takes lie end to end. */
type Span = { readonly from: number; readonly to: number; readonly placesAt: number }

const NOWHERE: Span = { from: 0, to: 0, placesAt: 0 }

type Place = { readonly startMs: number; readonly base: number }

export class Mp4Join implements TakeJoin {
  #first: PlacedMp4 | null = null
  /** Where each take's samples lie among the stored bytes of all takes. */
  readonly #spans: Span[] = []
  #runs: PlacedMp4['runs'] = []
  readonly #tracks: JoinedTrack[] = []

  add({ placed, startMs, base }: TakePart): boolean {
    if (placed.container !== 'mp4') return false
    // Edits are told in ticks of the movie.
    if (this.#first && this.#first.header.timescale !== placed.header.timescale) return false
    const span = { from: base + placed.from, to: base + placed.to }
    const last = this.#spans.at(-1)
    // What lies between the samples of two takes, a header maybe, is not in the file.
    const placesAt = last ? last.placesAt + last.to - last.from : span.from
    const growths = this.#plan(placed, { startMs, base: placesAt - placed.from })
    if (!growths?.every(({ grown, more, move }) => grown.table.reaches(more, move))) return false
    for (const { at, grown, more, move } of growths) {
      grown.table.append(more, move)
      this.#tracks[at] = grown
    }
    this.#first ??= placed
    this.#spans.push({ ...span, placesAt })
    this.#runs = [...this.#runs, ...placed.runs.map((run) => laterRun(run, startMs))]
    return true
  }

  finish(): VirtualFile {
    if (!this.#first) throw new MediaError('header_incomplete', 'no take')
    const { header } = this.#first
    const [{ from }, last] = [this.#spans[0] ?? NOWHERE, this.#spans.at(-1) ?? NOWHERE]
    const to = last.placesAt + last.to - last.from
    const tracks = this.#tracks.map(({ track, entries }) => withSampleEntries(track, entries))
    const tables = this.#tracks.map(({ table }) => table)
    const file = fileOfTables({ header: { ...header, tracks }, tables, from, to })
    const mediaAt = file.header.length - from
    const extents = this.#spans.map((span) => {
      return { at: mediaAt + span.placesAt, from: span.from, to: span.to }
    })
    return { ...file, extents, mediaEnd: last.to, runs: this.#runs }
  }

  /** Null when one of the take's tracks cannot go on. */
  #plan({ header, tables }: PlacedMp4, place: Place): Growth[] | null {
    const known = this.#tracks.map(({ track }) => track.info)
    const match = matchTracks(
      known,
      header.tracks.map(({ info }) => info),
    )
    if (!match) return null
    const growths: Growth[] = []
    let next = known.length
    for (const [n, track] of header.tracks.entries()) {
      const number = match.numbers.get(track.info.number) ?? track.info.number
      const found = known.findIndex((info) => info.number === number)
      const at = found < 0 ? next++ : found
      const before = this.#tracks[at] ?? startTrack(withNumber(track, number))
      const growth = planGrowth(before, track, place)
      if (!growth) return null
      growths.push({ at, more: tables[n] ?? new SampleTable(), ...growth })
    }
    return growths
  }
}

function startTrack(track: Mp4Track): JoinedTrack {
  return { track, table: new SampleTable(), entries: [] }
}

function planGrowth(
  before: JoinedTrack,
  track: Mp4Track,
  { startMs, base }: Place,
): Pick<Growth, 'grown' | 'move'> | null {
  const timescale = commonScale(before.track.timescale, track.timescale)
  if (timescale === null) return null
  const scale = timescale / track.timescale
  const widened = rescaled(before.track, timescale)
  const described = describe(before.entries, track)
  const start = Math.round((startMs * timescale) / 1000)
  return {
    grown: {
      track: widened,
      table: widenTable(before.table, timescale / before.track.timescale),
      entries: described.entries,
    },
    move: {
      scale,
      byTicks: start + widened.shiftTicks - track.shiftTicks * scale,
      base,
      descriptionOf: described.descriptionOf,
    },
  }
}

function widenTable(table: SampleTable, scale: number): SampleTable {
  if (scale === 1) return table
  const widened = new SampleTable()
  widened.append(table, { scale, byTicks: 0, base: 0, descriptionOf: (description) => description })
  return widened
}

type Description = {
  readonly entries: readonly Uint8Array[]
  readonly descriptionOf: TableMove['descriptionOf']
}

/** The file's descriptions with those of the take that are new. */
function describe(known: readonly Uint8Array[], track: Mp4Track): Description {
  const entries = [...known]
  const numbers = sampleEntries(track).map((entry) => {
    // What is in the stream itself is not said again: fewer players know what to do with a second description.
    if (known.length > 0 && describesItself(track.info.codecId)) return 1
    const same = entries.findIndex((one) => isSame(one, entry))
    return same < 0 ? entries.push(entry) : same + 1
  })
  return { entries, descriptionOf: (description) => numbers[description - 1] ?? 1 }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
