// Owns what is carried through a WebM run that begins behind a hole, or was damaged: where reading was lost, which
// pictures cannot be decoded yet, and what is known of Clusters whose heads are gone.

import type { ChunkHints } from './index-chunk.ts'
import { clockEndNs, clocksEndNs, type TrackClock } from './track-clock.ts'

/** A Cluster without its head: its blocks count their time from a timecode that was lost. */
export type CutCluster = {
  /** As the sender told it, in ticks. */
  readonly toldTicks: number | null
  /** That of the Cluster in which the damage began: it may have ended in the damage. */
  readonly guessedTicks: number | null
  /** Where what was read before it ended: nothing lies before that. */
  readonly afterTicks: number
  /** From the next Cluster, because a track goes on there where it stopped here. */
  readonly derivedTicks: number | null
  readonly isDerivedFromSound: boolean
  /** Id of its first block when just that byte is missing in front of the run, else 0. */
  readonly lent: number
  /** Its packets, by times that count from the lost timecode. */
  readonly clocks: readonly TrackClock[]
  /** No other Cluster was met yet. */
  readonly isOpen: boolean
}

/** Bytes among which reading can go on. */
export type LostPlace = {
  /** Offset of `held` in the run. */
  readonly at: number
  /** What was searched without a result; bounded by the search. */
  readonly held: Uint8Array
  /** `held` begins where a chunk does: there less proof is needed, and a byte may be missing. */
  readonly isFirst: boolean
  readonly hints: ChunkHints
  readonly guessedTicks: number | null
}

export type Recovery = {
  /** Video tracks that were torn and have had no keyframe since: their packets do not decode. */
  readonly waiting: readonly number[]
  /** What was read last is left out of the file; the next packet that is kept begins a Cluster of its own. */
  readonly isSkipping: boolean
  /** Where that Cluster begins, while it goes on. */
  readonly madeAt: number | null
  readonly cuts: readonly CutCluster[]
}

/** A run that is torn more often than this is not read any further; it bounds the index. */
export const MAX_CUTS = 32
export const NO_HINTS: ChunkHints = { aligned: false, clusterMs: null }
/** A sender's word is taken this far from what the bytes say: sound is not always quite continuous. */
const TRUSTED_NS = 250_000_000

/** Whatever comes, its pictures wait for a keyframe. */
export function tearTracks(clocks: readonly TrackClock[], cuts: readonly CutCluster[]): Recovery {
  const videos = clocks.filter((clock) => clock.kind === 'video')
  const waiting = videos.map((clock) => clock.number)
  return { waiting, isSkipping: true, madeAt: null, cuts }
}

type Timing = { readonly scaleNs: number; readonly clocks: readonly TrackClock[] }

export function openCut(lost: LostPlace, lent: number, { scaleNs, clocks }: Timing): CutCluster {
  const { clusterMs } = lost.hints
  return {
    toldTicks: clusterMs === null ? null : Math.round((clusterMs * 1e6) / scaleNs),
    guessedTicks: lost.guessedTicks,
    afterTicks: Math.round((clocksEndNs(clocks, scaleNs) ?? 0) / scaleNs),
    derivedTicks: null,
    isDerivedFromSound: false,
    lent,
    clocks: clocks.map(unused),
    isOpen: true,
  }
}

/** The same track before its first packet. */
function unused(clock: TrackClock): TrackClock {
  return { ...clock, packets: 0, firstTicks: null, lastTicks: null, lastDurationNs: null }
}

/**
 * The cut Cluster, when a packet comes at `ticks` behind it: its track goes on where it stopped, which tells the lost
 * timecode. Sound, whose packets know how long they last, is good to a few ms; a picture is the second choice.
 */
export function deriveCut(
  cut: CutCluster,
  packet: { readonly track: number; readonly ticks: number },
  scaleNs: number,
): CutCluster {
  const clock = cut.clocks.find((one) => one.number === packet.track)
  const endNs = clock ? clockEndNs(clock, scaleNs) : null
  if (cut.isOpen || cut.isDerivedFromSound || !clock || endNs === null) return cut
  const isSound = clock.kind === 'audio'
  if (cut.derivedTicks !== null && !isSound) return cut
  const derivedTicks = packet.ticks - Math.round(endNs / scaleNs)
  return { ...cut, derivedTicks, isDerivedFromSound: isSound }
}

/** The timecode of a cut Cluster, as well as it is known at the end of the run; null = not at all. */
export function cutTicks(cut: CutCluster, scaleNs: number): number | null {
  const { toldTicks, derivedTicks } = cut
  const isTrusted =
    toldTicks !== null &&
    (derivedTicks === null || Math.abs(toldTicks - derivedTicks) * scaleNs <= TRUSTED_NS)
  const ticks = isTrusted ? toldTicks : (derivedTicks ?? guess(cut))
  return ticks === null ? null : Math.max(0, ticks)
}

/** The Cluster of before may still go on, unless its packets then came twice. */
function guess({ guessedTicks, afterTicks, clocks }: CutCluster): number | null {
  const firsts = clocks.flatMap(({ firstTicks }) => (firstTicks === null ? [] : [firstTicks]))
  if (guessedTicks === null || firsts.length === 0) return null
  return guessedTicks + Math.min(...firsts) >= afterTicks ? guessedTicks : null
}
