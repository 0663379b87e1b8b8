// Owns the places of Clusters: which bytes of which run make each Cluster of the file, and when. Recorded Timecodes lie
// among these bytes; a Cluster that lost its own, or whose beginning is left out, gets one in front of them.

import { joinBytes } from './ebml-writer.ts'
import type { ClusterMark, CueMark, WebmIndexState } from './index-webm.ts'
import { MediaError } from './media-error.ts'
import { containerOf, type LaidChunk, type RunTimes, splitRuns, type TakeRun } from './take-runs.ts'
import { clocksEndNs, type TrackClock } from './track-clock.ts'
import { madeTimecode } from './webm-front.ts'
import { cutTicks } from './webm-recovery.ts'

/** A Cluster's place in the take and in the file. */
export type PlacedCluster = {
  /** Behind its head and in front of its recorded bytes; empty unless the head had to be made. */
  readonly lead: Uint8Array
  /** Take offsets of its recorded children. */
  readonly from: number
  readonly to: number
  /** Offset of its new head among the media bytes of the file. */
  readonly mediaAt: number
  readonly timecode: number
  /** How many of the first recorded bytes end with its Timecode; 0 when that is in `lead`. */
  readonly timecodeBytes: number
}

export type PlacedCue = {
  readonly cluster: PlacedCluster
  /** Where the block begins, counted from behind the Cluster's head; null = at its beginning. */
  readonly relative: number | null
  readonly timeTicks: number
}

export type Placement = {
  readonly clusters: readonly PlacedCluster[]
  readonly cues: readonly PlacedCue[]
  readonly mediaBytes: number
  /** Of all runs that are in the file. */
  readonly clocks: readonly TrackClock[]
  readonly endNs: number | null
  readonly scaleNs: number
  readonly runs: readonly (RunTimes | null)[]
}

/** The id and a size of 8 bytes: what Chromium writes, so that in its files nothing moves. */
export const CLUSTER_HEAD_BYTES = 12
const NO_LEAD = new Uint8Array(0)

/** @throws MediaError when no run is WebM, or an index is of another container */
export function placeClusters(chunks: readonly LaidChunk[]): Placement {
  const draft = new PlacementDraft()
  for (const run of splitRuns(chunks)) draft.add(run)
  return draft.finish()
}

class PlacementDraft {
  readonly #clusters: PlacedCluster[] = []
  readonly #cues: PlacedCue[] = []
  readonly #runs: (RunTimes | null)[] = []
  readonly #clocks: TrackClock[] = []
  #mediaBytes = 0
  #endNs: number | null = null
  #scaleNs: number | null = null

  add(run: TakeRun): void {
    const last = run.chunks.at(-1)?.index.after
    if (containerOf(run) !== 'webm' || !last || !('webm' in last)) {
      this.#runs.push(null)
      return
    }
    this.#scaleNs ??= last.scaleNs
    this.#place(run, last)
    const times = timesOf(last)
    this.#clocks.push(...last.clocks, ...(last.recovery?.cuts.flatMap((cut) => cut.clocks) ?? []))
    if (times) this.#endNs = Math.max(this.#endNs ?? times.endNs, times.endNs)
    const ms = (ns: number) => Math.max(0, Math.round(ns / 1e6))
    this.#runs.push(times && { startMs: ms(times.startNs), endMs: ms(times.endNs) })
  }

  finish(): Placement {
    if (this.#scaleNs === null) throw new MediaError('header_incomplete', 'not WebM')
    return {
      clusters: this.#clusters,
      cues: this.#cues,
      mediaBytes: this.#mediaBytes,
      clocks: this.#clocks,
      endNs: this.#endNs,
      scaleNs: this.#scaleNs,
      runs: this.#runs,
    }
  }

  #place(run: TakeRun, last: WebmIndexState): void {
    const { marks, cues } = flatten(run)
    const byMark = new Map<number, { cluster: PlacedCluster; baseTicks: number }>()
    for (let i = 0; i < marks.length; i++) {
      const mark = marks[i]
      const baseTicks = mark ? baseOf(mark, last) : null
      if (!mark || mark.timecode === null || baseTicks === null) continue
      const to = marks[i + 1]?.offset ?? run.base + last.webm.completeEnd
      const cluster = this.#cluster(mark, { timecode: baseTicks + mark.timecode, to })
      if (cluster) byMark.set(i, { cluster, baseTicks })
    }
    for (const { mark, relative, timeTicks } of cues) {
      const place = byMark.get(mark)
      if (!place) continue
      const { cluster, baseTicks } = place
      // Its block was left out after all.
      if (relative >= cluster.lead.length + cluster.to - cluster.from) continue
      this.#cues.push({ cluster, relative, timeTicks: baseTicks + timeTicks })
    }
  }

  #cluster(
    { offset, headBytes, timecodeBytes, made }: ClusterMark,
    { timecode, to }: { timecode: number; to: number },
  ): PlacedCluster | null {
    const lent = made?.lent ? Uint8Array.of(made.lent) : NO_LEAD
    const from = offset + headBytes + lent.length
    // A Cluster of which no block was completed has nothing to play.
    if (to <= from) return null
    const lead = made ? joinBytes([madeTimecode(timecode), lent]) : NO_LEAD
    const cluster = { lead, from, to, mediaAt: this.#mediaBytes, timecode, timecodeBytes }
    this.#clusters.push(cluster)
    this.#mediaBytes += CLUSTER_HEAD_BYTES + lead.length + to - from
    return cluster
  }
}

/** What the times of a mark count from; null when nobody knows: then its blocks have no place in the file. */
function baseOf({ made }: ClusterMark, { recovery, scaleNs }: WebmIndexState): number | null {
  if (made?.cut === undefined || made.cut === null) return 0
  const cut = recovery?.cuts[made.cut]
  return cut ? cutTicks(cut, scaleNs) : null
}

/** All marks with take offsets, all cues with the number of their mark. */
function flatten({ base, chunks }: TakeRun): {
  marks: ClusterMark[]
  cues: (Omit<CueMark, 'cluster'> & { mark: number })[]
} {
  const marks: ClusterMark[] = []
  const cues: ReturnType<typeof flatten>['cues'] = []
  let chunkStart = base
  let lastCluster = -1
  for (const { bytes, index } of chunks) {
    if (!('clusters' in index)) throw new MediaError('bad_index', 'not WebM')
    const first = marks.length
    const clusterBefore = lastCluster
    for (const mark of index.clusters) {
      if (mark.timecode !== null) lastCluster = marks.length
      marks.push({ ...mark, offset: chunkStart + mark.offset })
    }
    for (const { cluster, relative, timeTicks } of index.cues) {
      cues.push({ mark: cluster < 0 ? clusterBefore : first + cluster, relative, timeTicks })
    }
    chunkStart += bytes
  }
  return { marks, cues }
}

/** When the packets of a run begin and end; null when it has none with a time. */
function timesOf({ clocks, recovery, scaleNs }: WebmIndexState): TimesNs | null {
  const cuts = (recovery?.cuts ?? []).map((cut) => timesFrom(cut.clocks, cutTicks(cut, scaleNs)))
  const times = [timesFrom(clocks, 0), ...cuts].filter((one) => one !== null)
  if (times.length === 0) return null
  return {
    startNs: Math.min(...times.map((one) => one.startNs)),
    endNs: Math.max(...times.map((one) => one.endNs)),
  }

  function timesFrom(of: readonly TrackClock[], baseTicks: number | null): TimesNs | null {
    const endNs = clocksEndNs(of, scaleNs)
    if (endNs === null || baseTicks === null) return null
    const firsts = of.flatMap(({ firstTicks }) => (firstTicks === null ? [] : [firstTicks]))
    const baseNs = baseTicks * scaleNs
    return { startNs: baseNs + Math.min(...firsts) * scaleNs, endNs: baseNs + endNs }
  }
}

type TimesNs = { readonly startNs: number; readonly endNs: number }
