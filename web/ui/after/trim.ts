// What of a recording is played, as numbers: where it begins and ends, never shorter than a moment, never outside of the
// file. Pure.
import type { Trim } from '@holdfast/protocol'

/** Less than this is not worth watching; in a shorter recording, half of it. */
const SHORTEST_MS = 500
/** Nearer to an end of the file than this is the end of the file. */
const SNAP_MS = 100

/** What is stored, within the file; all of it without. */
export function shownTrim(trim: Trim | null | undefined, durationMs: number): Trim {
  if (!trim || trim.startMs >= durationMs) return { startMs: 0, endMs: durationMs }
  return { startMs: trim.startMs, endMs: Math.min(trim.endMs, durationMs) }
}

const shortest = (durationMs: number): number => Math.min(SHORTEST_MS, durationMs / 2)

export function moveStart({ endMs }: Trim, toMs: number, durationMs: number): Trim {
  const latest = endMs - shortest(durationMs)
  return { startMs: Math.round(Math.max(0, Math.min(toMs, latest))), endMs }
}

export function moveEnd({ startMs }: Trim, toMs: number, durationMs: number): Trim {
  const earliest = startMs + shortest(durationMs)
  return { startMs, endMs: Math.round(Math.min(durationMs, Math.max(toMs, earliest))) }
}

export const isWhole = ({ startMs, endMs }: Trim, durationMs: number): boolean =>
  startMs < SNAP_MS && endMs > durationMs - SNAP_MS

/** As it is stored: all of it is no trim. */
export const storedTrim = (trim: Trim, durationMs: number): Trim | null =>
  isWhole(trim, durationMs) ? null : trim
