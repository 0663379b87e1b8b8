// Owns when the uploader must be stepped again although nothing happened. A driver that wakes at these
// moments, or later, is enough: being late only costs time.
import { nextToLoad } from './chunk-choice.ts'
import { openTimeoutMs, overdueAt } from './link-moves.ts'
import { burstBytes, isTakeDue, pingDueAt } from './pump.ts'
import type { Env, Uploader } from './uploader-state.ts'

/** How often a full socket is looked at: browsers have no event for it. */
const DRAIN_POLL_MS = 50

/** The moment of the next `tick`; null when only an event can change anything. */
export function nextWakeAt(state: Uploader, { now, bufferedBytes }: Env): number | null {
  const times = [...linkTimes(state), ...probeTimes(state)]
  if (state.link.at === 'open') {
    const waits = state.shelf.length > 0 || nextToLoad(state, 1).length > 0
    const isHeld = waits || state.takes.some(isTakeDue)
    if (isHeld && now < state.holdUntil) times.push(state.holdUntil)
    if (waits && bufferedBytes >= burstBytes(state)) times.push(now + DRAIN_POLL_MS)
  }
  return times.length === 0 ? null : Math.max(now, Math.min(...times))
}

function linkTimes(state: Uploader): number[] {
  const { link } = state
  if (link.at === 'waiting') return [link.until]
  if (link.at === 'opening') return [link.since + openTimeoutMs(state)]
  if (link.at !== 'open') return []
  const overdue = [overdueAt(state) ?? []].flat()
  return link.pinged === null ? [...overdue, pingDueAt(state, link)] : overdue
}

function probeTimes({ probe, ladder, link, attempt }: Uploader): number[] {
  if (probe) return [probe.since + openTimeoutMs({ attempt })]
  return ladder.probeAt !== null && link.at === 'open' ? [ladder.probeAt] : []
}
