// Owns the virtual MP4 file of one take: a new header with the tables of all samples, and one mdat over the
// recorded fragments where they lie. Their moofs lie in it too, where no table leads. Media bytes are neither read nor
// moved.

import type { Extent, TakeLayoutInput, VirtualFile } from './layout.ts'
import { MediaError } from './media-error.ts'
import { makeMp4Front } from './mp4-front.ts'
import { type Mp4Header, readMp4Header } from './mp4-header.ts'
import { placeSamples } from './mp4-placement.ts'
import type { Mp4Track } from './mp4-tracks.ts'
import type { SampleTable } from './sample-table.ts'
import { type RunTimes, splitRuns } from './take-runs.ts'
import { cueTrackOf } from './webm-tracks.ts'

/** Seek points told to the server are at least this far apart; the file's own tables have all of them. */
const MIN_SEEK_GAP_MS = 500

/**
 * Lays out the chunks of a take. A hole stays one: what lies behind it keeps its time, pictures from the next one on at
 * which decoding can begin. Of a fragment that was cut off the samples that are there as a whole count.
 * @throws MediaError when the header is not complete in these chunks
 */
export function layoutMp4(take: TakeLayoutInput): VirtualFile {
  const placed = placeMp4(take)
  return { ...fileOfTables(placed), runs: placed.runs }
}

/** What the file of a take is made of. */
export type PlacedMp4 = TabledTake & {
  readonly container: 'mp4'
  readonly runs: readonly (RunTimes | null)[]
}

/** @throws MediaError when the header is not complete in these chunks */
export function placeMp4({ init, chunks }: TakeLayoutInput): PlacedMp4 {
  const recorded = chunks.find((chunk) => chunk.index.header)?.index.header ?? init
  if (!recorded) throw new MediaError('header_incomplete', 'not MP4')
  const header = readMp4Header(recorded)
  return { container: 'mp4', header, ...placeSamples(splitRuns(chunks), header.tracks) }
}

/** A header, the samples of its tracks, and between which take offsets they lie. */
export type TabledTake = {
  readonly header: Mp4Header
  /** By place in the header's list of tracks. */
  readonly tables: readonly SampleTable[]
  readonly from: number
  readonly to: number
}

/** The file of these samples: their bytes lie in its mdat as in the take, with what lies between them. */
export function fileOfTables({ header, tables, from, to }: TabledTake): Omit<VirtualFile, 'runs'> {
  const front = makeMp4Front({ header, tables, from, mediaBytes: to - from })
  const mediaAt = front.bytes.length
  const extents: Extent[] = to > from ? [{ at: mediaAt, from, to }] : []
  return {
    container: 'mp4',
    header: front.bytes,
    extents,
    size: mediaAt + to - from,
    durationMs: Math.round(front.seconds * 1000),
    tracks: header.tracks.map((track) => track.info),
    keyframes: seekPoints(header.tracks, tables).map(({ ms, at }) => ({
      ms,
      at: mediaAt + at - from,
    })),
    mediaEnd: to,
  }
}

type SeekPoint = { readonly ms: number; readonly at: number }

/** Keyframes of the first track with pictures in it, else of the first one with sound; times rise. */
function seekPoints(tracks: readonly Mp4Track[], tables: readonly SampleTable[]): SeekPoint[] {
  const filled = tracks.flatMap((track, i) => {
    const table = tables[i]
    return table && table.sizes.length > 0 ? [{ kind: track.info.kind, track, table }] : []
  })
  const followed = cueTrackOf(filled)
  if (!followed) return []
  const { track, table } = followed
  const points: SeekPoint[] = []
  let next = Number.NEGATIVE_INFINITY
  for (const { ticks, at } of syncSamples(table)) {
    const ms = Math.max(0, Math.round(((ticks - track.shiftTicks) * 1000) / track.timescale))
    if (ms < next) continue
    points.push({ ms, at })
    next = ms + MIN_SEEK_GAP_MS
  }
  return points
}

/** Shown time and take offset of each sample where decoding can begin. */
function* syncSamples(table: SampleTable): Generator<{ ticks: number; at: number }> {
  let sample = 0
  let sync = 0
  let ticks = table.firstTicks
  for (const chunk of table.chunks) {
    let { at } = chunk
    for (let i = 0; i < chunk.samples; i++) {
      if (table.syncs[sync] === sample + 1) {
        sync += 1
        yield { ticks: ticks + (table.shifts[sample] ?? 0), at }
      }
      at += table.sizes[sample] ?? 0
      ticks += table.deltas[sample] ?? 0
      sample += 1
    }
  }
}
