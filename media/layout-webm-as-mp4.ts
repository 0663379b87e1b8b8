// Owns the virtual MP4 of a take that was recorded as WebM or Matroska: another header, whose tables point into the
// recorded blocks. Media bytes are neither read nor moved, but for the first bytes of a keyframe, where VP9 and AV1
// tell what MP4 wants said in front.

import type { TakeLayoutInput, VirtualFile } from './layout.ts'
import { fileOfTables } from './layout-mp4.ts'
import { MediaError } from './media-error.ts'
import { readMp4Header } from './mp4-header.ts'
import { makeNewHeader, type NewTrack } from './mp4-new-header.ts'
import {
  CODEC_START_BYTES,
  hasSampleEntry,
  makeSampleEntry,
  type SampleEntry,
  type TrackStart,
} from './mp4-sample-entry.ts'
import { containerOf, splitRuns } from './take-runs.ts'
import { readHeader } from './webm-header.ts'
import { collectSamples, type TrackSamples, tableOf, trackEnds } from './webm-samples.ts'
import { readTimecodeScale, readTracks } from './webm-tracks.ts'

/** What is to be read of the take before the file can be laid out. */
export type Mp4Plan = {
  readonly tracks: readonly TrackSamples[]
  /** Take offsets of the beginning of each track's first sample, in the order of `tracks`. */
  readonly starts: readonly { readonly from: number; readonly to: number }[]
}

/**
 * Plans a WebM take as MP4; null when its codecs, or the way its blocks are packed, have no place there.
 * @throws MediaError when its header does not parse
 */
export function planWebmAsMp4({ init, chunks }: TakeLayoutInput): Mp4Plan | null {
  const recorded = chunks.find((chunk) => chunk.index.header)?.index.header ?? init
  const runs = splitRuns(chunks).filter((run) => containerOf(run) === 'webm')
  if (!recorded || runs.length === 0) return null
  const { children } = readHeader(recorded)
  const ends = trackEnds(runs)
  const used = readTracks(children).filter(({ kind, number }) => {
    return kind !== 'other' && ends.has(number)
  })
  if (used.some((track) => track.isEncoded || !hasSampleEntry(track))) return null
  const scaleNs = readTimecodeScale(children)
  const samples = collectSamples({ runs, tracks: used, ends, scaleNs })
  if (!samples || samples.length === 0) return null
  const starts = samples.map(({ samples: [first] }) => {
    const { at, size } = first ?? { at: 0, size: 0 }
    return { from: at, to: at + Math.min(size, CODEC_START_BYTES) }
  })
  return { tracks: samples, starts }
}

/**
 * The file; `starts` are the bytes that the plan asked for. Null as for the plan.
 * @throws MediaError when they are not the beginning of what the header says
 */
export function layoutWebmAsMp4(
  { tracks }: Mp4Plan,
  starts: readonly Uint8Array[],
): VirtualFile | null {
  const entries = tracks.map((samples, i) => {
    const keyframe = starts[i] ?? new Uint8Array(0)
    return makeSampleEntry(samples.track, startOf(samples, keyframe))
  })
  const newTracks = tracks.flatMap((samples, i) => {
    const entry = entries[i]
    return entry ? [newTrack(samples, entry, i + 1)] : []
  })
  if (newTracks.length < tracks.length) return null
  const header = readMp4Header(makeNewHeader(newTracks))
  const tables = tracks.map((samples, i) => tableOf(samples, entries[i]?.preSkip ?? 0))
  return { ...fileOfTables({ header, tables, ...boundsOf(tracks) }), runs: [] }
}

function startOf({ track, samples, timescale, endTicks }: TrackSamples, keyframe: Uint8Array) {
  const firstTicks = samples[0]?.ticks ?? 0
  const seconds = Math.max(1, endTicks - firstTicks) / timescale
  const pixels = (track.width ?? 0) * (track.height ?? 0)
  const rate = { pixels, picturesPerSecond: samples.length / seconds }
  return { keyframe, rate } satisfies TrackStart
}

function newTrack({ track, timescale }: TrackSamples, entry: SampleEntry, id: number): NewTrack {
  const { kind, width, height, codecDelayNs } = track
  if (kind === 'other') throw new MediaError('bad_index', 'a track of another kind')
  const startTicks = Math.round(((codecDelayNs ?? 0) * timescale) / 1e9)
  const size = { width: width ?? 0, height: height ?? 0 }
  return { id, kind, timescale, entry: entry.bytes, ...size, startTicks }
}

/** Take offsets of the first and behind the last byte of any sample. */
function boundsOf(tracks: readonly TrackSamples[]): { from: number; to: number } {
  let from = Number.POSITIVE_INFINITY
  let to = 0
  for (const { samples } of tracks) {
    const [first, last] = [samples[0], samples.at(-1)]
    if (!first || !last) continue
    from = Math.min(from, first.at)
    to = Math.max(to, last.at + last.size)
  }
  return { from, to }
}
