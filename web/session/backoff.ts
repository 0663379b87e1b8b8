// Owns how long to wait before the next try. It never says "give up".

const BASE_MS = 250

/** While recording: under the server's grace time, so that an outage shorter than it is not a death. */
const LIVE_CAP_MS = 4_000
/** When only sending what an earlier visit left behind: nobody waits. */
const DRAIN_CAP_MS = 60_000

/** Longest wait between two tries. */
export function backoffCapMs(mode: 'live' | 'drain', graceMs: number): number {
  return mode === 'live' ? Math.min(LIVE_CAP_MS, Math.floor(graceMs * 0.4)) : DRAIN_CAP_MS
}

/**
 * Full jitter: anything from 0 to the doubling bound, so that a thousand recorders whose server
 * restarts do not come back at the same moment.
 * @param attempt failures in a row, from 0
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, capMs: number, random: number): number {
  return Math.floor(random * Math.min(capMs, BASE_MS * 2 ** Math.min(attempt, 20)))
}
