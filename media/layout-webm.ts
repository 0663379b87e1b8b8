// Owns the virtual WebM file of one take: a new header, and the recorded Clusters where they lie, each behind a new head
// with its true size. What is missing or cannot be decoded is left out, and nothing behind it moves in time.

import { ID } from './ebml.ts'
import { joinBytes, writeUint } from './ebml-writer.ts'
import type { Extent, TakeLayoutInput, VirtualFile } from './layout.ts'
import { MediaError } from './media-error.ts'
import { type CuePoint, makeFront } from './webm-front.ts'
import { readHeader, type WebmHeader } from './webm-header.ts'
import {
  CLUSTER_HEAD_BYTES,
  type PlacedCluster,
  type PlacedCue,
  type Placement,
  placeClusters,
} from './webm-placement.ts'
import { cueTrackOf, readTracks, type TrackInfo } from './webm-tracks.ts'

/** Seek points are at least this far apart, and never more than this many, so that an hour's header stays small. */
const MIN_CUE_GAP_NS = 500_000_000
const MAX_CUES = 4000

/** What the file of a take is made of. Its cues are those that players are told, if not too many. */
export type PlacedWebm = Placement & {
  readonly container: 'webm'
  readonly header: WebmHeader
  readonly tracks: readonly TrackInfo[]
}

/**
 * Lays out the chunks of a take. What lies behind the last complete element of a run is left out.
 * @throws MediaError when the header is not complete in these chunks
 */
export function layoutWebm(take: TakeLayoutInput): VirtualFile {
  return fileOfWebm(placeWebm(take))
}

/** @throws MediaError when the header is not complete in these chunks */
export function placeWebm({ chunks }: TakeLayoutInput): PlacedWebm {
  const recorded = chunks.find(({ index }) => 'clusters' in index && index.header)?.index.header
  if (!recorded) throw new MediaError('header_incomplete', 'not WebM')
  const header = readHeader(recorded)
  const tracks = readTracks(header.children)
  const placement = placeClusters(chunks)
  return { container: 'webm', header, tracks, ...placement, cues: cuesOf(placement, tracks) }
}

export function fileOfWebm(placed: PlacedWebm): VirtualFile {
  const { header, tracks, clusters, mediaBytes, endNs, scaleNs, runs } = placed
  const points = seekPoints(placed)
  const durationTicks = endNs === null ? null : Math.max(0, endNs) / scaleNs
  const front = makeFront({ header, durationTicks, cues: points, mediaBytes })
  return {
    container: 'webm',
    header: front,
    extents: makeExtents(clusters, front.length),
    size: front.length + mediaBytes,
    durationMs: Math.max(0, Math.round((endNs ?? 0) / 1e6)),
    tracks,
    keyframes: points.map((point) => ({
      ms: Math.round((point.timeTicks * scaleNs) / 1e6),
      at: front.length + point.mediaAt,
    })),
    mediaEnd: clusters.at(-1)?.to ?? 0,
    runs,
  }
}

/**
 * The cues. Only where the camera never came do the other tracks' Clusters stand in for it. Behind its last frame they
 * must not: a screen that stands still sends none for minutes, and a player that seeks there has to go back to the last
 * keyframe to show what was on it. What it reads on the way is sound, so it is little.
 */
function cuesOf(
  { clusters, cues, clocks }: Placement,
  tracks: readonly TrackInfo[],
): readonly PlacedCue[] {
  const track = cueTrackOf(tracks)?.number
  const hasPackets = clocks.some((clock) => clock.number === track && clock.packets > 0)
  if (hasPackets) return cues
  return clusters.map((cluster) => ({ cluster, relative: null, timeTicks: cluster.timecode }))
}

/** The cues, thinned out. */
function seekPoints({ cues, tracks, endNs, scaleNs }: PlacedWebm): CuePoint[] {
  const track = cueTrackOf(tracks)?.number
  if (track === undefined) return []
  const points = cues.map(({ cluster: { mediaAt }, relative, timeTicks }): CuePoint => {
    return { timeTicks, track, mediaAt, relative }
  })
  const minGapNs = Math.max(MIN_CUE_GAP_NS, (endNs ?? 0) / MAX_CUES)
  return thinOut(points, minGapNs / scaleNs)
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
  for (const [n, { lead, from, to, mediaAt }] of clusters.entries()) {
    const headAt = n * CLUSTER_HEAD_BYTES
    writeUint(heads, headAt, ID.cluster, 4)
    writeUint(heads, headAt + 4, lead.length + to - from, 8)
    heads[headAt + 4] = 0x01
    const at = mediaStart + mediaAt
    const head = heads.subarray(headAt, headAt + CLUSTER_HEAD_BYTES)
    const literal = lead.length > 0 ? joinBytes([head, lead]) : head
    extents.push({ at, literal })
    extents.push({ at: at + literal.length, from, to })
  }
  return extents
}
