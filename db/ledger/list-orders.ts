// Where each order of the list is found, so that a page costs the same however many recordings there are. Sizes change with
// every chunk: what has no version yet is in no index of sizes, so that recorders do not pay for it, and is sorted. It is little,
// and the planner knows how little: of a comparison of two columns (what is settled) it does not.
import { type SQL, sql } from 'drizzle-orm'

export const LIST_ORDERS = ['newest', 'oldest', 'longest', 'largest', 'title'] as const
export type ListOrder = (typeof LIST_ORDERS)[number]

/** Where a page ended: what it was ordered by, as text so that nothing is rounded, and the id. */
export type ListCursor = { value: string; id: string }

/** Some of the recordings, in their order by one index. `r` is the recording. */
export type Branch = {
  from: SQL
  where: SQL
  by: SQL
  id: SQL
  /** What lies behind a cursor, where that is not simply less or more than its value. */
  after?: (cursor: ListCursor) => SQL
}

export type Order = {
  isRising: boolean
  /** What a cursor carries of `by`, and how it is read again. */
  write: (by: SQL) => SQL
  read: (text: string) => SQL
  /** Together all recordings, each in one of them. */
  branches: readonly Branch[]
}

const RECORDINGS = { from: sql`recordings r`, id: sql`r.id` }
const MADE = sql`r.version > 0`
const UNMADE = sql`r.version = 0`

const asItIs = (by: SQL): SQL => by
const readMicros = (text: string): SQL =>
  sql`(timestamptz 'epoch' + ${text}::bigint * interval '1 microsecond')`
const readCount = (text: string): SQL => sql`${text}::bigint`

const CREATED = {
  write: (by: SQL) => sql`(extract(epoch from ${by}) * 1000000)::bigint`,
  read: readMicros,
  branches: [{ ...RECORDINGS, where: sql`true`, by: sql`r.created_at` }],
}

const withAndWithoutVersion = (by: SQL): Branch[] => [
  { ...RECORDINGS, where: MADE, by },
  { ...RECORDINGS, where: UNMADE, by },
]

/** The length is the newest version's: it lies in another table, with an index of its own. */
const WITH_LENGTH: Branch = {
  from: sql`versions v join recordings r on r.id = v.recording_id and r.version = v.version`,
  where: sql`true`,
  by: sql`coalesce(v.duration_ms, 0)`,
  id: sql`v.recording_id`,
}

/** All of them are as long as each other: behind longer ones, all of them; behind one of them, those of lesser ids. */
const WITHOUT_LENGTH: Branch = {
  ...RECORDINGS,
  where: UNMADE,
  by: sql`0::bigint`,
  after: ({ value, id }) => (value === '0' ? sql`r.id < ${id}::uuid` : sql`true`),
}

export const ORDERS: Record<ListOrder, Order> = {
  newest: { ...CREATED, isRising: false },
  oldest: { ...CREATED, isRising: true },
  longest: {
    ...{ isRising: false, write: asItIs, read: readCount },
    branches: [WITH_LENGTH, WITHOUT_LENGTH],
  },
  largest: {
    ...{ isRising: false, write: asItIs, read: readCount },
    branches: withAndWithoutVersion(sql`r.bytes`),
  },
  title: {
    ...{ isRising: true, write: asItIs, read: (text) => sql`${text}::text` },
    branches: withAndWithoutVersion(sql`lower(coalesce(r.title, ''))`),
  },
}
