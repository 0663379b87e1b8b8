// The rows of the library as a pure value: newest first, each recording once.
import type { RecordingInfo } from './recordings-client.ts'

export type Rows = readonly RecordingInfo[]

const isNewer = (a: RecordingInfo, b: RecordingInfo) =>
  a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1

/** Adds or replaces; `incoming` is the later word, except that a version never goes back. */
export function mergeRows(rows: Rows, incoming: Rows): Rows {
  const byId = new Map(rows.map((row) => [row.id, row]))
  for (const row of incoming) {
    const known = byId.get(row.id)
    if (!known || known.version <= row.version) byId.set(row.id, { ...known, ...row })
  }
  return [...byId.values()].sort(isNewer)
}

export function withoutRow(rows: Rows, id: string): Rows {
  return rows.filter((row) => row.id !== id)
}
