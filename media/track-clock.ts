// Owns the media time of each track: first, last, and how long the last packet lasts by its nominal duration,
// because a recorder writes no end time anywhere.

import type { BlockLead } from './webm-state.ts'
import type { TrackInfo } from './webm-tracks.ts'

/** How a track's packets tell their duration. `average` = they do not: the mean distance so far. */
export type Pacing =
  | { readonly rule: 'fixed'; readonly durationNs: number }
  | { readonly rule: 'opus' }
  | { readonly rule: 'pcm'; readonly bytesPerSecond: number }
  | { readonly rule: 'average' }

export type TrackClock = {
  readonly number: number
  readonly kind: TrackInfo['kind']
  readonly pacing: Pacing
  readonly packets: number
  /** Null before the first packet. */
  readonly firstTicks: number | null
  readonly lastTicks: number | null
  /** Of the packet at `lastTicks`; null = by the average rule. */
  readonly lastDurationNs: number | null
}

/** A single frame, or frames at one instant, have no distance to average. */
const LONE_FRAME_NS = 33_000_000
/** Longer distances are pauses, not frames: a screen that stands still may send one a minute. */
const MAX_AVERAGE_NS = 200_000_000
/** No packet lasts an hour; it keeps the stored number small whatever a block claims. */
const MAX_PACKET_NS = 3600 * 1e9
/** Tracks past this many are kept in the file but not timed; it bounds the index. */
const MAX_CLOCKS = 16

export function startClocks(tracks: readonly TrackInfo[]): TrackClock[] {
  return tracks.slice(0, MAX_CLOCKS).map((track) => ({
    number: track.number,
    kind: track.kind,
    pacing: pacingOf(track),
    packets: 0,
    firstTicks: null,
    lastTicks: null,
    lastDurationNs: null,
  }))
}

type Packet = {
  readonly lead: BlockLead
  readonly timeTicks: number
  /** As its BlockGroup says, else null. */
  readonly durationTicks: number | null
}

/** The clock after one more packet of its track. */
export function advanceClock(clock: TrackClock, packet: Packet, scaleNs: number): TrackClock {
  const { timeTicks } = packet
  const { firstTicks, lastTicks } = clock
  const isLast = lastTicks === null || timeTicks >= lastTicks
  const said = packet.durationTicks === null ? null : packet.durationTicks * scaleNs
  const lasts = said ?? packetDurationNs(clock.pacing, packet.lead)
  return {
    ...clock,
    packets: clock.packets + 1,
    firstTicks: firstTicks === null ? timeTicks : Math.min(firstTicks, timeTicks),
    lastTicks: isLast ? timeTicks : lastTicks,
    lastDurationNs: isLast
      ? lasts === null
        ? null
        : Math.min(lasts, MAX_PACKET_NS)
      : clock.lastDurationNs,
  }
}

/** Media time in ns where the last packet ends; null before the first. */
export function clockEndNs(clock: TrackClock, scaleNs: number): number | null {
  if (clock.firstTicks === null || clock.lastTicks === null) return null
  return clock.lastTicks * scaleNs + (clock.lastDurationNs ?? averageNs(clock, scaleNs))
}

/** Media time in ns where the latest track ends; null when no packet came yet. */
export function clocksEndNs(clocks: readonly TrackClock[], scaleNs: number): number | null {
  let endNs: number | null = null
  for (const clock of clocks) {
    const end = clockEndNs(clock, scaleNs)
    if (end !== null && (endNs === null || end > endNs)) endNs = end
  }
  return endNs
}

function averageNs(clock: TrackClock, scaleNs: number): number {
  const spanNs = ((clock.lastTicks ?? 0) - (clock.firstTicks ?? 0)) * scaleNs
  if (clock.packets < 2 || spanNs <= 0) return LONE_FRAME_NS
  return Math.min(Math.round(spanNs / (clock.packets - 1)), MAX_AVERAGE_NS)
}

function pacingOf(track: TrackInfo): Pacing {
  if (track.defaultDurationNs) return { rule: 'fixed', durationNs: track.defaultDurationNs }
  if (track.codecId === 'A_OPUS') return { rule: 'opus' }
  const bitsPerSecond = (track.samplingRate ?? 0) * (track.channels ?? 0) * (track.bitDepth ?? 0)
  if (!track.codecId.startsWith('A_PCM/')) return { rule: 'average' }
  const bytesPerSecond = Math.floor(bitsPerSecond / 8)
  // NaN and Infinity are floats that a broken header may hold.
  const usable = Number.isSafeInteger(bytesPerSecond) && bytesPerSecond > 0
  return usable ? { rule: 'pcm', bytesPerSecond } : { rule: 'average' }
}

function packetDurationNs(pacing: Pacing, lead: BlockLead): number | null {
  const frames = Math.max(1, lead.lacedFrames)
  switch (pacing.rule) {
    case 'fixed':
      return pacing.durationNs * frames
    case 'opus':
      return lead.payloadBytes > 0 ? opusDurationNs(lead.first, lead.second) * frames : null
    case 'pcm':
      return Math.round((lead.payloadBytes * 1e9) / pacing.bytesPerSecond)
    case 'average':
      return null
  }
}

/** RFC 6716 §3.1: the first byte holds frame size and how many frames; code 3 has the count in the second. */
function opusDurationNs(first: number, second: number): number {
  const config = first >> 3
  const code = first & 3
  const frames = code === 0 ? 1 : code === 3 ? second & 0x3f : 2
  return frames * opusFrameNs(config)
}

function opusFrameNs(config: number): number {
  if (config < 12) return ([10, 20, 40, 60][config & 3] ?? 0) * 1_000_000
  if (config < 16) return ([10, 20][config & 1] ?? 0) * 1_000_000
  return ([2.5, 5, 10, 20][config & 3] ?? 0) * 1_000_000
}
