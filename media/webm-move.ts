// Owns a WebM take that is moved: to a later time, and behind the bytes of other takes. Its Clusters get other Timecodes
// in front of their recorded bytes; within itself nothing moves.

import { joinBytes } from './ebml-writer.ts'
import type { PlacedWebm } from './layout-webm.ts'
import { laterRun } from './take-runs.ts'
import { MADE_TIMECODE_BYTES, madeTimecode } from './webm-front.ts'
import { CLUSTER_HEAD_BYTES, type PlacedCluster } from './webm-placement.ts'

export type WebmMove = {
  /** By how much every time is later. */
  readonly byTicks: number
  /** Stored bytes of the takes in front of it. */
  readonly base: number
  /** Media bytes of the file in front of it. */
  readonly mediaAt: number
}

/** `mediaBytes` = with all that is in front of it. */
export function moveWebm(placed: PlacedWebm, { byTicks, base, mediaAt }: WebmMove): PlacedWebm {
  const moved = new Map<PlacedCluster, PlacedCluster>()
  let at = mediaAt
  for (const cluster of placed.clusters) {
    const next = { ...(byTicks === 0 ? cluster : retimed(cluster, byTicks)), mediaAt: at }
    moved.set(cluster, { ...next, from: base + next.from, to: base + next.to })
    at += CLUSTER_HEAD_BYTES + next.lead.length + next.to - next.from
  }
  const { endNs, scaleNs, runs } = placed
  return {
    ...placed,
    clusters: [...moved.values()],
    cues: placed.cues.flatMap(({ cluster, relative, timeTicks }) => {
      const next = moved.get(cluster)
      if (!next) return []
      const place = relative === null ? null : relative + grown(cluster, next, base)
      return [{ cluster: next, relative: place, timeTicks: timeTicks + byTicks }]
    }),
    mediaBytes: at,
    endNs: endNs === null ? null : endNs + byTicks * scaleNs,
    runs: runs.map((run) => laterRun(run, (byTicks * scaleNs) / 1e6)),
  }
}

/** A made Timecode in place of the recorded one, or of another made one. */
function retimed(cluster: PlacedCluster, byTicks: number): PlacedCluster {
  const timecode = cluster.timecode + byTicks
  const lent = cluster.lead.subarray(MADE_TIMECODE_BYTES)
  const lead = joinBytes([madeTimecode(timecode), lent])
  return {
    ...cluster,
    timecode,
    lead,
    from: cluster.from + cluster.timecodeBytes,
    timecodeBytes: 0,
  }
}

/** By how many bytes its blocks lie further behind its head. */
function grown(before: PlacedCluster, after: PlacedCluster, base: number): number {
  return after.lead.length - before.lead.length - (after.from - base - before.from)
}
