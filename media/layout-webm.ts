// Owns the virtual WebM file of one take without gaps: a new header, and the recorded Clusters where they lie, each
// behind a new head with its true size. Media bytes are neither read nor moved.

import { ID } from './ebml.ts'
import { writeUint } from './ebml-writer.ts'
import type { ClusterMark, WebmIndexState } from './index-webm.ts'
import type { Extent, TakeLayoutInput, VirtualFile } from './layout.ts'
import { MediaError } from './media-error.ts'
import { splitRuns } from './take-runs.ts'
import { clocksEndNs } from './track-clock.ts'
import { type CuePoint, makeFront } from './webm-front.ts'
import { readHeader } from './webm-header.ts'
import { cueTrackOf, readTracks, type TrackInfo } from './webm-tracks.ts'

/** A Cluster's place in the take and in the file. */
type PlacedCluster = {
  /** Take offsets of its children. */
  readonly from: number
  readonly to: number
  /** Offset of its new head among the media bytes of the file. */
  readonly mediaAt: number
  readonly timecode: number
}

/** A cue, and which of all marks of the take it lies in. */
type TakeCue = { readonly mark: number; readonly relative: number; readonly timeTicks: number }

/** The id and a size of 8 bytes: what Chromium writes, so that in its files nothing moves. */
const CLUSTER_HEAD_BYTES = 12
/** Seek points are at least this far apart, and never more than this many, so that an hour's header stays small. */
const MIN_CUE_GAP_NS = 500_000_000
const MAX_CUES = 4000

/**
 * Lays out the chunks 0 … n of a take. What lies behind the last complete element is left out.
 * @throws MediaError when the header is not complete in these chunks
 */
export function layoutWebm(take: TakeLayoutInput): VirtualFile {
  const runs = splitRuns(take.chunks)
  const chunks = runs[0]?.chunks ?? []
  const recorded = chunks.find((chunk) => chunk.index.header)?.index.header
  const last = chunks.at(-1)?.index.after
  if (!recorded || last?.container !== 'webm') throw new MediaError('header_incomplete', 'not WebM')
  const header = readHeader(recorded)
  const tracks = readTracks(header.children)
  const { clusters, cues } = placeClusters(chunks, last.webm.completeEnd)
  const endNs = clocksEndNs(last.clocks, last.scaleNs)
  const points = seekPoints({ clusters, cues, tracks, last })
  const tail = clusters.at(-1)
  const mediaBytes = tail ? tail.mediaAt + CLUSTER_HEAD_BYTES + tail.to - tail.from : 0
  const durationMs = Math.max(0, Math.round((endNs ?? 0) / 1e6))
  const durationTicks = endNs === null ? null : Math.max(0, endNs) / last.scaleNs
  const front = makeFront({ header, durationTicks, cues: points, mediaBytes })
  return {
    container: 'webm',
    header: front,
    extents: makeExtents(clusters, front.length),
    size: front.length + mediaBytes,
    durationMs,
    tracks,
    keyframes: points.map((point) => ({
      ms: Math.round((point.timeTicks * last.scaleNs) / 1e6),
      at: front.length + point.mediaAt,
    })),
    mediaEnd: tail?.to ?? 0,
    runs: runs.map((_, n) => (n === 0 ? { startMs: 0, endMs: durationMs } : null)),
  }
}

type Placement = {
  readonly clusters: readonly PlacedCluster[]
  readonly cues: readonly (CuePlace & { readonly timeTicks: number })[]
}
type CuePlace = { readonly cluster: PlacedCluster; readonly relative: number }

function placeClusters(chunks: TakeLayoutInput['chunks'], completeEnd: number): Placement {
  const { marks, cues } = flatten(chunks)
  const clusters: PlacedCluster[] = []
  const byMark = new Map<number, PlacedCluster>()
  let mediaAt = 0
  for (let i = 0; i < marks.length; i++) {
    const mark = marks[i]
    if (!mark || mark.timecode === null) continue
    const from = mark.offset + mark.headBytes
    const to = marks[i + 1]?.offset ?? completeEnd
    // A Cluster of which no block was completed has nothing to play.
    if (to <= from) continue
    const cluster = { from, to, mediaAt, timecode: mark.timecode }
    clusters.push(cluster)
    byMark.set(i, cluster)
    mediaAt += CLUSTER_HEAD_BYTES + to - from
  }
  const placed = cues.flatMap(({ mark, relative, timeTicks }) => {
    const cluster = byMark.get(mark)
    return cluster ? [{ cluster, relative, timeTicks }] : []
  })
  return { clusters, cues: placed }
}

/** All marks with take offsets, all cues with the number of their mark. */
function flatten(chunks: TakeLayoutInput['chunks']): {
  marks: ClusterMark[]
  cues: TakeCue[]
} {
  const marks: ClusterMark[] = []
  const cues: TakeCue[] = []
  let chunkStart = 0
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

type SeekSource = Placement & {
  readonly last: WebmIndexState
  readonly tracks: readonly TrackInfo[]
}

/**
 * The cues, thinned out. Only where the camera never came do the other tracks' Clusters stand in for it. Behind its last
 * frame they must not: a screen that stands still sends none for minutes, and a player that seeks there has to go back
 * to the last keyframe to show what was on it. What it reads on the way is sound, so it is little.
 */
function seekPoints({ clusters, cues, tracks, last }: SeekSource): CuePoint[] {
  const track = cueTrackOf(tracks)?.number
  if (track === undefined) return []
  const hasPackets = last.clocks.some((clock) => clock.number === track && clock.packets > 0)
  const keyframes = cues.map(({ cluster: { mediaAt }, relative, timeTicks }): CuePoint => {
    return { timeTicks, track, mediaAt, relative }
  })
  const standIns = clusters.map(({ timecode, mediaAt }): CuePoint => {
    return { timeTicks: timecode, track, mediaAt, relative: null }
  })
  const endNs = clocksEndNs(last.clocks, last.scaleNs) ?? 0
  const minGapNs = Math.max(MIN_CUE_GAP_NS, endNs / MAX_CUES)
  return thinOut(hasPackets ? keyframes : standIns, minGapNs / last.scaleNs)
}

/** Times must rise, or a player's binary search fails; the first is always kept. */
function thinOut(points: readonly CuePoint[], minGapTicks: number): CuePoint[] {
  const kept: CuePoint[] = []
  let next = Number.NEGATIVE_INFINITY
  for (const point of points) {
    if (point.timeTicks < next) continue
    kept.push(point)
    next = point.timeTicks + minGapTicks
  }
  return kept
}

function makeExtents(clusters: readonly PlacedCluster[], mediaStart: number): Extent[] {
  // All heads lie in one array: an hour has ten thousand of them.
  const heads = new Uint8Array(clusters.length * CLUSTER_HEAD_BYTES)
  const extents: Extent[] = []
  for (const { from, to, mediaAt } of clusters) {
    const headAt = extents.length * (CLUSTER_HEAD_BYTES / 2)
    writeUint(heads, headAt, ID.cluster, 4)
    writeUint(heads, headAt + 4, to - from, 8)
    heads[headAt + 4] = 0x01
    const at = mediaStart + mediaAt
    extents.push({ at, literal: heads.subarray(headAt, headAt + CLUSTER_HEAD_BYTES) })
    extents.push({ at: at + CLUSTER_HEAD_BYTES, from, to })
  }
  return extents
}
