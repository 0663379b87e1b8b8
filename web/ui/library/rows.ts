// What is known of recordings, as a pure value: newest first, each recording once.
import type { RecordingInfo } from './recordings-client.ts'

export type Rows = readonly RecordingInfo[]

const isNewer = (a: RecordingInfo, b: RecordingInfo) =>
  a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1

/** Adds or replaces; `incoming` is the later word, except that what is stored never becomes less. */
export function mergeRows(rows: Rows, incoming: Rows): Rows {
  const byId = new Map(rows.map((row) => [row.id, row]))
  for (const row of incoming) {
    const known = byId.get(row.id)
    if (!known || !isOvertaken(row, known)) byId.set(row.id, mergeRow(known, row))
  }
  return [...byId.values()].sort(isNewer)
}

export function withoutRow(rows: Rows, id: string): Rows {
  return rows.filter((row) => row.id !== id)
}

const isOvertaken = (row: RecordingInfo, known: RecordingInfo): boolean =>
  row.version < known.version || row.generation < known.generation

/** The list says less than one recording's own answer; what it leaves out holds while nothing more was stored. */
function mergeRow(known: RecordingInfo | undefined, row: RecordingInfo): RecordingInfo {
  if (!known || row.takes || known.generation !== row.generation) return row
  const left = ONLY_ALONE.filter((name) => known[name] !== undefined)
  return { ...row, ...Object.fromEntries(left.map((name) => [name, known[name]])) }
}

/** What only one recording's own answer says. */
const ONLY_ALONE = [
  ...(['gaps', 'takes', 'played', 'jobs', 'mp4Url', 'marks', 'trim', 'versions'] as const),
] satisfies readonly (keyof RecordingInfo)[]
