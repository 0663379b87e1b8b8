// Owns the choice of rung. Pure. A rung counts as working only when something came back over it: some
// proxies accept a WebSocket and then let nothing through.
//
//   try `first` ──fails──▶ try the others at once ──all fail──▶ back off, begin again at `first`
//   a lower rung works: it is `first` from now on, and the highest is probed with a growing pause
import type { Rung } from './transport.ts'

export type Ladder = {
  /** Best first. */
  readonly rungs: readonly Rung[]
  /** Where the next try begins: the rung that worked last. */
  readonly first: Rung
  /** Rungs that failed since the last success or pause. */
  readonly tried: readonly Rung[]
  /** When to see whether the best rung works again; null while on it. */
  readonly probeAt: number | null
  /** Probes that failed in a row. */
  readonly probes: number
}

const PROBE_BASE_MS = 2_000
const PROBE_CAP_MS = 60_000

/** @param rungs best first, at least one */
export function newLadder(rungs: readonly [Rung, ...Rung[]]): Ladder {
  return { rungs, first: rungs[0], tried: [], probeAt: null, probes: 0 }
}

/** The rung to try now; null when all failed: back off, then `startOver`. */
export function nextRung(ladder: Ladder): Rung | null {
  const order = [ladder.first, ...ladder.rungs.filter((rung) => rung !== ladder.first)]
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
  if (rung === ladder.rungs[0]) {
    return { ...ladder, first: rung, tried: [], probeAt: null, probes: 0 }
  }
  const probeAt = ladder.probeAt ?? now + probeDelayMs(ladder.probes, 0.5)
  return { ...ladder, first: rung, tried: [], probeAt }
}

/** The best rung still does not work while a lower one carries the load. */
export function probeFailed(ladder: Ladder, now: number, random: number): Ladder {
  const probes = ladder.probes + 1
  return { ...ladder, probes, probeAt: now + probeDelayMs(probes, random) }
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
