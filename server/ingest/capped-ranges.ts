// `have` and `missing` as they are sent: at most so many ranges over all takes, and whether there are more (rule 11).
import { type HaveRanges, toTakeRanges } from '@holdfast/db'
import { LIMITS, type TakeRanges } from '@holdfast/protocol'

/** Ask the ledger for one more than is sent: that one only says that there are more. */
export const RANGES_TO_READ = LIMITS.maxRanges + 1

export function capRanges(found: HaveRanges): { ranges: TakeRanges; more?: true } {
  const kept: HaveRanges = new Map()
  let room: number = LIMITS.maxRanges
  for (const [take, ranges] of found) {
    if (room > 0) kept.set(take, ranges.slice(0, room))
    room -= ranges.length
  }
  return { ranges: toTakeRanges(kept), ...(room < 0 ? { more: true } : {}) }
}
