// Owns arithmetic on sets of chunk numbers, kept as sorted inclusive ranges as on the wire.
// Size and cost follow the number of ranges, so an hour offline costs as little as a second.
import type { SeqRange } from '@holdfast/protocol'

/** Everything that is in at least one of the lists. */
export function union(...lists: (readonly SeqRange[])[]): readonly SeqRange[] {
  const filled = lists.filter((list) => list.length > 0)
  if (filled.length <= 1) return filled[0] ?? []
  const sorted = filled.flat().sort((a, b) => a[0] - b[0])
  const out: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = out.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else out.push([from, to])
  }
  return out
}

/** What is in `ranges` and in none of `removed`. */
export function without(
  ranges: readonly SeqRange[],
  removed: readonly SeqRange[],
): readonly SeqRange[] {
  let left = ranges
  for (const [from, to] of removed) {
    if (!left.some((range) => range[0] <= to && range[1] >= from)) continue
    left = left.flatMap((range) => cut(range, from, to))
  }
  return left
}

/** What is in both. */
export function intersect(
  ranges: readonly SeqRange[],
  others: readonly SeqRange[],
): readonly SeqRange[] {
  return without(ranges, without(ranges, others))
}

function cut(range: SeqRange, from: number, to: number): SeqRange[] {
  if (range[1] < from || range[0] > to) return [range]
  const out: SeqRange[] = []
  if (range[0] < from) out.push([range[0], from - 1])
  if (range[1] > to) out.push([to + 1, range[1]])
  return out
}

/** The first `limit` numbers of `ranges`. */
export function firstSeqs(ranges: readonly SeqRange[], limit: number): number[] {
  const out: number[] = []
  for (const [from, to] of ranges) {
    for (let seq = from; seq <= to; seq += 1) {
      if (out.length >= limit) return out
      out.push(seq)
    }
  }
  return out
}

/** How many numbers `ranges` hold. */
export function countSeqs(ranges: readonly SeqRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
}
