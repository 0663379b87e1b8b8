// Owns the choice of rung. Pure. A rung counts as working only when something came back over it: some
// proxies accept a WebSocket and then let nothing through.
//
//   try `first` ──fails──▶ try the others at once ──all fail──▶ back off, begin again at `first`
//   a lower rung works: it is `first` from now on, and those above it are probed with a growing pause
//
// WebTransport is only ever reached by such a probe, while another rung carries the load: UDP is often swallowed without a
// word, and nothing may wait for that.
import type { Rung } from './transport.ts'

export type Ladder = {
  /** Best first. */
  readonly rungs: readonly Rung[]
  /** Where the next try begins: the rung that worked last. */
  readonly first: Rung
  /** Rungs that failed since the last success or pause. */
  readonly tried: readonly Rung[]
  /** When to see whether a better rung works; null while on the best. */
  readonly probeAt: number | null
  /** Probes that failed in a row. */
  readonly probes: number
}

const PROBE_BASE_MS = 2_000
const PROBE_CAP_MS = 60_000

/** @param rungs best first, at least one */
export function newLadder(rungs: readonly [Rung, ...Rung[]]): Ladder {
  const first = rungs.find(isTried) ?? rungs[0]
  return { rungs, first, tried: [], probeAt: null, probes: 0 }
}

/** What may be opened while nothing else carries the load. */
const isTried = (rung: Rung): boolean => rung !== 'webtransport'

/** The rung to try now; null when all failed: back off, then `startOver`. */
export function nextRung(ladder: Ladder): Rung | null {
  const others = ladder.rungs.filter((rung) => rung !== ladder.first && isTried(rung))
  const order = [ladder.first, ...others]
  return order.find((rung) => !ladder.tried.includes(rung)) ?? null
}

export function startOver(ladder: Ladder): Ladder {
  return { ...ladder, tried: [] }
}

/** The rung did not open, or ended before anything came back over it. */
export function rungFailed(ladder: Ladder, rung: Rung): Ladder {
  return { ...ladder, tried: [...new Set([...ladder.tried, rung])] }
}

/** Something came back over the rung. */
export function rungWorked(ladder: Ladder, rung: Rung, now: number): Ladder {
  // How often it was tried is not forgotten: one that works for a moment each time is tried less and less.
  if (!isTried(rung)) return { ...ladder, tried: [], probeAt: null }
  if (rung === ladder.rungs[0]) {
    return { ...ladder, first: rung, tried: [], probeAt: null, probes: 0 }
  }
  const probeAt = ladder.probeAt ?? now + probeDelayMs(ladder.probes, 0.5)
  return { ...ladder, first: rung, tried: [], probeAt }
}

/** The rung to probe while `first` carries the load, null on the best: the nearest and the best by turns. */
export function rungToProbe({ rungs, first, probes }: Ladder): Rung | null {
  const above = rungs.slice(0, rungs.indexOf(first)).reverse()
  return above[probes % Math.max(1, above.length)] ?? null
}

/** The server does not offer the rung, or the browser does not have it. */
export function rungGone(ladder: Ladder, gone: Rung): Ladder {
  const rungs = ladder.rungs.filter((rung) => rung !== gone)
  const probeAt = rungs[0] === ladder.first ? null : ladder.probeAt
  return { ...ladder, rungs, probeAt }
}

/** A better rung still does not work while a lower one carries the load. */
export function probeFailed(ladder: Ladder, now: number, random: number): Ladder {
  const probes = ladder.probes + 1
  // Meanwhile the best may have opened without a probe.
  const probeAt = rungToProbe(ladder) === null ? null : now + probeDelayMs(probes, random)
  return { ...ladder, probes, probeAt }
}

/** The probe opened and carries the load now; whether it works is seen when something comes back. */
export function probeOpened(ladder: Ladder): Ladder {
  return { ...ladder, probes: ladder.probes + 1, probeAt: null }
}

/** Something changed outside (network back, page visible): probe at once. */
export function probeSoon(ladder: Ladder, now: number): Ladder {
  return ladder.probeAt === null ? ladder : { ...ladder, probes: 0, probeAt: now }
}

function probeDelayMs(probes: number, random: number): number {
  const bound = Math.min(PROBE_CAP_MS, PROBE_BASE_MS * 2 ** Math.min(probes, 10))
  return Math.floor(bound * (0.5 + random / 2))
}
