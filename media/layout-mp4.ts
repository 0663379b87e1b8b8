// Owns the virtual MP4 file of one take without gaps: a new header with the tables of all samples, and one mdat over the
// recorded fragments where they lie. Their moofs lie in it too, where no table leads. Media bytes are neither read nor
// moved.

import type { Mp4ChunkIndex } from './index-mp4.ts'
import type { Extent, TakeLayoutInput, VirtualFile } from './layout.ts'
import { MediaError } from './media-error.ts'
import { makeMp4Front } from './mp4-front.ts'
import { type Mp4Header, readMp4Header } from './mp4-header.ts'
import type { SampleRun } from './mp4-state.ts'
import type { Mp4Track } from './mp4-tracks.ts'
import { SampleTable } from './sample-table.ts'
import { splitRuns } from './take-runs.ts'
import { cueTrackOf } from './webm-tracks.ts'

/** Seek points told to the server are at least this far apart; the file's own tables have all of them. */
const MIN_SEEK_GAP_MS = 500

/**
 * Lays out the chunks 0 … n of a take. A fragment whose samples are not all there is left out.
 * @throws MediaError when the header is not complete in these chunks
 */
export function layoutMp4(take: TakeLayoutInput): VirtualFile {
  // What lies behind a hole is not laid out: the file ends there.
  const stretches = splitRuns(take.chunks)
  const chunks = stretches[0]?.chunks ?? []
  const last = chunks.at(-1)?.index
  const recorded = chunks.find((chunk) => chunk.index.header)?.index.header
  if (!recorded || !last || !('runs' in last)) {
    throw new MediaError('header_incomplete', 'not MP4')
  }
  const header = readMp4Header(recorded)
  const { runs, from, to } = placeRuns(chunks, last.after.mp4.completeEnd)
  const tables = header.tracks.map(() => new SampleTable())
  const places = new Map(header.tracks.map((track, i) => [track.info.number, tables[i]]))
  for (const { run, at } of runs) places.get(run.track)?.add(run, at)
  const file = fileOfTables({ header, tables, from, to })
  const times = { startMs: 0, endMs: file.durationMs ?? 0 }
  return { ...file, runs: stretches.map((_, n) => (n === 0 ? times : null)) }
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

type PlacedRun = { readonly run: SampleRun; readonly at: number }
type Placement = {
  readonly runs: readonly PlacedRun[]
  /** Take offsets of the first and behind the last byte of any sample. */
  readonly from: number
  readonly to: number
}

/** The samples of complete fragments. Those of a later one end behind `completeEnd`, because they lie behind its moof. */
function placeRuns(chunks: TakeLayoutInput['chunks'], completeEnd: number): Placement {
  const runs: PlacedRun[] = []
  let from = Number.POSITIVE_INFINITY
  let to = 0
  let chunkStart = 0
  for (const { bytes, index } of chunks) {
    for (const run of runsOf(index)) {
      const at = chunkStart + run.at
      const end = run.sizes.reduce((sum, size) => sum + size, at)
      if (end > completeEnd) continue
      runs.push({ run, at })
      from = Math.min(from, at)
      to = Math.max(to, end)
    }
    chunkStart += bytes
  }
  return runs.length > 0 ? { runs, from, to } : { runs, from: 0, to: 0 }
}

/** An empty chunk in front of the first byte has no runs: nobody knew yet what it would be. */
function runsOf(index: TakeLayoutInput['chunks'][number]['index']): Mp4ChunkIndex['runs'] {
  return 'runs' in index ? index.runs : []
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
