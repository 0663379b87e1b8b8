// A quantile out of a histogram's cumulative buckets, as Prometheus works it out: linear inside the bucket.

/** @param buckets upper bound → how many were not above it. null: it is empty. */
export function quantile(buckets: ReadonlyMap<number, number>, share: number): number | null {
  const rising = [...buckets].sort(([a], [b]) => a - b)
  const all = rising.at(-1)?.[1] ?? 0
  if (all === 0) return null
  const wanted = share * all
  let [below, count] = [0, 0]
  for (const [bound, upTo] of rising) {
    // Of the last, endless bucket nothing is known but where it begins.
    if (upTo >= wanted && upTo > count) {
      return bound === Infinity
        ? below
        : below + ((bound - below) * (wanted - count)) / (upTo - count)
    }
    ;[below, count] = [bound, upTo]
  }
  return below
}
