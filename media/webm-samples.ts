// Owns the samples of a WebM take as the tables of an MP4 will say them: the listed blocks, each at its own time.

import { type BlockPlace, readBlockList } from './block-list.ts'
import type { IndexState } from './index-chunk.ts'
import { MediaError } from './media-error.ts'
import { OPUS_RATE } from './opus-config.ts'
import { SampleTable } from './sample-table.ts'
import type { TakeRun } from './take-runs.ts'
import { clockEndNs, type TrackClock } from './track-clock.ts'
import { cutTicks } from './webm-recovery.ts'
import type { TrackInfo } from './webm-tracks.ts'

export type Sample = {
  /** Take offset. */
  readonly at: number
  readonly size: number
  /** Ticks of the track: when it is shown. */
  readonly ticks: number
  readonly isKey: boolean
}

/** A track and its samples in recorded order. */
export type TrackSamples = {
  readonly track: TrackInfo
  readonly timescale: number
  readonly samples: readonly Sample[]
  /** Ticks where the last one's showing ends. */
  readonly endTicks: number
}

const NS_PER_SECOND = 1e9
const MICROSECONDS = 1_000_000

/** Opus counts at 48 kHz; what else is counted as it was recorded, where whole ticks make a second. */
export function timescaleOf(track: TrackInfo, scaleNs: number): number {
  if (track.codecId === 'A_OPUS') return OPUS_RATE
  return NS_PER_SECOND % scaleNs === 0 ? NS_PER_SECOND / scaleNs : MICROSECONDS
}

type Source = {
  readonly runs: readonly TakeRun[]
  readonly tracks: readonly TrackInfo[]
  /** As `trackEnds` says. */
  readonly ends: ReadonlyMap<number, number>
  readonly scaleNs: number
}

/** Where each track ends of which there is anything with a time, in ns. */
export function trackEnds(runs: readonly TakeRun[]): Map<number, number> {
  const ends = new Map<number, number>()
  const take = (clocks: readonly TrackClock[], baseTicks: number | null, scaleNs: number) => {
    for (const clock of clocks) {
      const endNs = clockEndNs(clock, scaleNs)
      if (endNs === null || baseTicks === null) continue
      const end = endNs + baseTicks * scaleNs
      ends.set(clock.number, Math.max(ends.get(clock.number) ?? end, end))
    }
  }
  for (const { chunks } of runs) {
    const after = chunks.at(-1)?.index.after
    if (after?.container !== 'webm') continue
    take(after.clocks, 0, after.scaleNs)
    const bases = cutTimes(after)
    after.recovery?.cuts.forEach((cut, i) => {
      take(cut.clocks, bases[i] ?? null, after.scaleNs)
    })
  }
  return ends
}

/** The timecodes of a run's cut Clusters, as well as they are known at its end. */
function cutTimes(after: IndexState | undefined): (number | null)[] {
  if (after?.container !== 'webm') return []
  return after.recovery?.cuts.map((cut) => cutTicks(cut, after.scaleNs)) ?? []
}

/**
 * The samples of every track of which there are any; null when a block holds several of them.
 * @throws MediaError `bad_index` when a chunk is of another container
 */
export function collectSamples({ runs, tracks, ends, scaleNs }: Source): TrackSamples[] | null {
  const drafts = new Map(tracks.map((track) => [track.number, new Draft(track, scaleNs)]))
  for (const run of runs) {
    for (const draft of drafts.values()) draft.awaitKeyframe()
    for (const block of blocksOf(run)) {
      if (block.isLaced) return null
      drafts.get(block.track)?.add(block)
    }
  }
  return [...drafts.values()].flatMap((draft) => {
    const endNs = ends.get(draft.track.number)
    return endNs !== undefined && draft.samples.length > 0 ? [draft.finish(endNs)] : []
  })
}

/** All blocks of a run, by take offset and absolute time. Those of which nobody knows when they are shown are left out. */
function* blocksOf({ base, chunks }: TakeRun): Generator<BlockPlace> {
  const bases = cutTimes(chunks.at(-1)?.index.after)
  let chunkStart = base
  for (const { bytes, index } of chunks) {
    if (!('blocks' in index)) throw new MediaError('bad_index', 'not WebM')
    for (const block of readBlockList(index.blocks)) {
      const baseTicks = block.cut === null ? 0 : (bases[block.cut] ?? null)
      if (baseTicks === null) continue
      yield { ...block, at: chunkStart + block.at, ticks: baseTicks + block.ticks }
    }
    chunkStart += bytes
  }
}

class Draft {
  readonly track: TrackInfo
  readonly samples: Sample[] = []
  readonly #scaleNs: number
  readonly #timescale: number
  #isReady = false

  constructor(track: TrackInfo, scaleNs: number) {
    this.track = track
    this.#scaleNs = scaleNs
    this.#timescale = timescaleOf(track, scaleNs)
  }

  /** Nothing of a track can be decoded before a keyframe: at its beginning, and behind a hole. */
  awaitKeyframe(): void {
    this.#isReady = false
  }

  /** A sample of no bytes is none. */
  add({ at, size, ticks, isKey }: Sample): void {
    this.#isReady ||= isKey
    if (!this.#isReady || size === 0) return
    this.samples.push({ at, size, ticks: this.#toTicks(ticks * this.#scaleNs), isKey })
  }

  finish(endNs: number): TrackSamples {
    const endTicks = this.#toTicks(endNs)
    const { track, samples } = this
    return { track, samples, timescale: this.#timescale, endTicks }
  }

  #toTicks(ns: number): number {
    return Math.round((ns / NS_PER_SECOND) * this.#timescale)
  }
}

/** The tables of a track. WebM says only when a block is shown: in whose order they are decoded is that of the bytes. */
export function tableOf({ samples, endTicks }: TrackSamples, preSkip: number): SampleTable {
  const table = new SampleTable()
  table.skippedTicks = preSkip
  const shown = samples.map(({ ticks }) => ticks)
  const isInOrder = shown.every((ticks, i) => i === 0 || ticks >= (shown[i - 1] ?? 0))
  const decoded = isInOrder ? shown : shown.toSorted((a, b) => a - b)
  samples.forEach(({ at, size, ticks, isKey }, i) => {
    const decodeTicks = decoded[i] ?? ticks
    table.addOne({ at, size, ticks: decodeTicks, shift: ticks - decodeTicks, isKey })
  })
  table.endAt(endTicks)
  return table
}
