// Tables that can be pasted into docs/benchmarks.md, and the line that says what they were measured on.
import { cpus, platform, release, totalmem } from 'node:os'

const GiB = 1024 ** 3

/** Columns padded to one width, so that the source reads as a table too. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const all = [head, ...rows]
  const widths = head.map((_, i) => Math.max(3, ...all.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => pad(cell, widths[i] ?? 0, i)).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? ` ${'-'.repeat(width)} ` : ` ${'-'.repeat(width - 1)}: `)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

const pad = (cell: string, width: number, column: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width)

export const count = (value: number): string => Math.round(value).toLocaleString('en-US')
export const fixed = (value: number | null, digits: number): string =>
  value === null ? 'n/a' : value.toFixed(digits)

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[middle] ?? 0]
  return (low + high) / 2
}

/** Of sorted values. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function machineLine(): string {
  const { length } = cpus()
  const memory = `${Math.round(totalmem() / GiB)} GiB`
  const runtime = process.versions.bun ? `Bun ${process.versions.bun}` : `Node ${process.version}`
  return `${length} cores, ${memory}, ${platform()} ${release()}, ${runtime}`
}
