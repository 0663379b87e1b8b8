// Owns which recorded samples of a fragmented MP4 take are in its file, and where: all that can be decoded, each at the
// time that its fragment says.

import type { SampleRun, Tear } from './mp4-state.ts'
import type { Mp4Track } from './mp4-tracks.ts'
import { SampleTable } from './sample-table.ts'
import type { RunTimes, TakeRun } from './take-runs.ts'

export type Mp4Placement = {
  /** By place in the list of tracks. */
  readonly tables: readonly SampleTable[]
  /** Take offsets of the first and behind the last byte of any sample. */
  readonly from: number
  readonly to: number
  readonly runs: readonly (RunTimes | null)[]
}

export function placeSamples(runs: readonly TakeRun[], tracks: readonly Mp4Track[]): Mp4Placement {
  const draft = new PlacementDraft(tracks)
  for (const run of runs) draft.take(run)
  return draft.finish()
}

type Placed = {
  readonly track: Mp4Track
  readonly table: SampleTable
  /** Decoding can begin, or has begun. */
  isReady: boolean
  /** Decode time of the last sample in front of the run. */
  beforeTicks: number
}

class PlacementDraft {
  readonly #placed: readonly Placed[]
  readonly #runs: (RunTimes | null)[] = []
  #from = Number.POSITIVE_INFINITY
  #to = 0

  constructor(tracks: readonly Mp4Track[]) {
    this.#placed = tracks.map((track) => ({
      track,
      table: new SampleTable(),
      isReady: true,
      beforeTicks: Number.NEGATIVE_INFINITY,
    }))
  }

  take(run: TakeRun): void {
    const counts = this.#placed.map(({ table }) => table.sizes.length)
    const isBehindHole = run.chunks[0]?.behindHole ?? false
    for (const placed of this.#placed) {
      placed.beforeTicks = placed.table.lastTicks ?? placed.beforeTicks
    }
    if (isBehindHole) this.#awaitPictures()
    const reach = reachOf(run)
    const { samples, tears } = flatten(run)
    const torn = new Set(tears.map(({ moof }) => moof))
    let met = 0
    for (const one of samples) {
      for (; (tears[met]?.at ?? Number.POSITIVE_INFINITY) <= one.moof; met++) this.#awaitPictures()
      if (!torn.has(one.moof)) this.#place(clip(one, reach))
    }
    this.#runs.push(this.#timesOf(counts))
  }

  finish(): Mp4Placement {
    const isEmpty = this.#to === 0
    return {
      tables: this.#placed.map(({ table }) => table),
      from: isEmpty ? 0 : this.#from,
      to: this.#to,
      runs: this.#runs,
    }
  }

  #awaitPictures(): void {
    for (const placed of this.#placed) {
      if (placed.track.info.kind === 'video') placed.isReady = false
    }
  }

  #place(samples: SampleRun): void {
    const placed = this.#placed.find(({ track }) => track.info.number === samples.track)
    if (!placed) return
    const skipped = placed.isReady ? 0 : samples.syncs.indexOf(1)
    if (skipped < 0) return
    const kept = slice(samples, skipped, samples.sizes.length)
    if (kept.sizes.length === 0) return
    // Behind a hole a fragment without a time of its own would count from 0.
    if (kept.ticks < placed.beforeTicks) return
    placed.isReady = true
    placed.table.add(kept, kept.at)
    this.#from = Math.min(this.#from, kept.at)
    this.#to = Math.max(this.#to, kept.at + sum(kept.sizes))
  }

  /** When what was placed of the run is played. */
  #timesOf(counts: readonly number[]): RunTimes | null {
    const times = this.#placed.flatMap(({ track, table }, i) => {
      const span = table.spanFrom(counts[i] ?? 0)
      if (!span) return []
      const ms = (ticks: number) =>
        Math.max(0, Math.round(((ticks - track.shiftTicks) * 1000) / track.timescale))
      return [{ startMs: ms(span.firstTicks), endMs: ms(span.endTicks) }]
    })
    if (times.length === 0) return null
    return {
      startMs: Math.min(...times.map((one) => one.startMs)),
      endMs: Math.max(...times.map((one) => one.endMs)),
    }
  }
}

/** All samples and tears of a run, by take offset. */
function flatten({ base, chunks }: TakeRun): { samples: SampleRun[]; tears: Tear[] } {
  const samples: SampleRun[] = []
  const tears: Tear[] = []
  let start = base
  for (const { bytes, index } of chunks) {
    if ('runs' in index) {
      for (const one of index.runs) {
        samples.push({ ...one, at: start + one.at, moof: start + one.moof })
      }
      for (const { at, moof } of index.tears) {
        tears.push({ at: start + at, moof: moof === null ? null : start + moof })
      }
    }
    start += bytes
  }
  return { samples, tears }
}

/** How far the bytes of a run's samples may reach, by take offset, and whether some of a fragment do without the rest. */
type Reach = { readonly end: number; readonly inParts: boolean }

/**
 * Every sample that is there as a whole counts, whether or not the rest of its fragment is: it may be lost, or still to
 * come. What was damaged is not believed.
 */
function reachOf({ base, chunks }: TakeRun): Reach {
  const after = chunks.at(-1)?.index.after
  if (!after || !('mp4' in after)) return { end: base, inParts: false }
  const { completeEnd, received, stage } = after.mp4
  const inParts = stage === 'media'
  return { end: base + (inParts ? received : completeEnd), inParts }
}

/** The samples that lie within reach; those of a later fragment end behind it, because they lie behind its moof. */
function clip(samples: SampleRun, { end, inParts }: Reach): SampleRun {
  if (samples.at + sum(samples.sizes) <= end) return samples
  let count = 0
  let at = samples.at
  while (inParts && at + (samples.sizes[count] ?? 0) <= end) {
    at += samples.sizes[count] ?? 0
    count += 1
  }
  return slice(samples, 0, count)
}

function slice(samples: SampleRun, from: number, to: number): SampleRun {
  if (from === 0 && to === samples.sizes.length) return samples
  return {
    ...samples,
    at: samples.at + sum(samples.sizes.slice(0, from)),
    ticks: samples.ticks + sum(samples.durations.slice(0, from)),
    sizes: samples.sizes.slice(from, to),
    durations: samples.durations.slice(from, to),
    shifts: samples.shifts.slice(from, to),
    syncs: samples.syncs.slice(from, to),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
