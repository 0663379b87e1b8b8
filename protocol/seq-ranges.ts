// Sets of chunk numbers as sorted inclusive ranges `[[from, to], …]`, as `have` and `missing` are.
// Cost and size follow the number of ranges, never the size of the numbers (protocol §2 rule 11).

export type SeqRange = readonly [from: number, to: number]

/** Ranges of a list of numbers, which may be unsorted and repeat. */
export function toRanges(seqs: Iterable<number>): SeqRange[] {
  const sorted = [...seqs].sort((a, b) => a - b)
  const ranges: [number, number][] = []
  for (const seq of sorted) {
    const last = ranges.at(-1)
    if (last && seq <= last[1] + 1) last[1] = Math.max(last[1], seq)
    else ranges.push([seq, seq])
  }
  return ranges
}

/** The holes in sorted `ranges` below `total`, at most `limit` of them. */
export function missingRanges(
  ranges: readonly SeqRange[],
  total: number,
  limit: number = Number.POSITIVE_INFINITY,
): SeqRange[] {
  const holes: SeqRange[] = []
  let next = 0
  for (const [from, to] of ranges) {
    if (from >= total || holes.length >= limit) break
    if (from > next) holes.push([next, from - 1])
    next = to + 1
  }
  if (next < total && holes.length < limit) holes.push([next, total - 1])
  return holes
}

/** Whether sorted `ranges` hold `seq`, by binary search. */
export function hasSeq(ranges: readonly SeqRange[], seq: number): boolean {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = ranges[middle]
    if (!range) return false
    if (seq < range[0]) high = middle - 1
    else if (seq > range[1]) low = middle + 1
    else return true
  }
  return false
}
