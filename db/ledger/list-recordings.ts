// A page of recordings, newest first, by keyset: the cost of a page does not depend on how many came before.
import type { Reason, RecordingStatus } from '@holdfast/protocol'
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { type Branch, type ListCursor, type ListOrder, ORDERS, type Order } from './list-orders.ts'

export type ListedRecording = {
  id: string
  status: RecordingStatus
  version: number
  reason: Reason | null
  title: string | null
  group: string | null
  generation: number
  finalizedGeneration: number
  takeCount: number
  chunks: number
  bytes: number
  durationMs: number | null
  createdAt: Date
  startedAt: Date | null
  /** When the file begins, by the recorder's clock: its first take need not be the first of all. */
  fileStartedAt: Date | null
  lastSeenAt: Date
  /** A picture of the newest version is there. */
  hasThumbnail: boolean
}

export type ListPage = { recordings: ListedRecording[]; next: ListCursor | null }

type ListQuery = {
  /** One of these; null = all. */
  statuses: readonly RecordingStatus[] | null
  group: string | null
  /** A part of the title, whatever its case; null = all. */
  search?: string | null
  /** @default newest */
  order?: ListOrder
  after: ListCursor | null
  limit: number
}

type Row = {
  id: string
  status: RecordingStatus
  version: number
  reason: Reason | null
  title: string | null
  group: string | null
  generation: string
  finalized_generation: string
  take_count: number
  chunks: string
  bytes: string
  duration_ms: string | null
  created_micros: string
  order_value: string
  started_at: string | null
  file_started_at: string | null
  last_seen_at: string
  has_thumbnail: boolean
}

/**
 * The page is found first, from as little as its order needs; what else is told of a recording is read for its rows only.
 * In one step the planner reads versions, takes and jobs of all recordings before it sorts them.
 */
export async function listRecordings(db: Db, query: ListQuery): Promise<ListPage> {
  const { order = 'newest', limit } = query
  const { branches, isRising } = ORDERS[order]
  const way = isRising ? RISING : FALLING
  const found = branches.map((branch) => findIn(branch, query))
  const rows = await db.execute<Row>(sql`
    with page as materialized (
      select * from (${sql.join(found, sql` union all `)}) found
      order by order_by ${way}, id ${way}
      limit ${limit + 1})
    select r.id, r.status, r.version, r.reason, r.title, r.group_id as group, r.generation,
      r.finalized_generation, r.chunk_count as chunks, r.bytes, v.duration_ms,
      (extract(epoch from r.created_at) * 1000000)::bigint as created_micros,
      page.order_value, t.take_count, t.started_at, r.last_seen_at, coalesce((
        select started_at from takes
        where recording_id = r.id and take = (v.played -> 0 ->> 'take')::int), t.started_at)
        as file_started_at,
      exists (select 1 from jobs j where j.recording_id = r.id and j.version = r.version
        and j.kind = 'thumbnail' and j.status = 'done' and j.data ->> 'file' is not null)
        as has_thumbnail
    from page
      join recordings r on r.id = page.id
      left join versions v on v.recording_id = r.id and v.version = r.version
      cross join lateral (
        select count(*)::int as take_count, min(started_at) as started_at
        from takes where recording_id = r.id) t
    order by page.order_by ${way}, page.id ${way}`)
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    recordings: page.map(toListed),
    next: last ? { value: last.order_value, id: last.id } : null,
  }
}

// Nothing of it is ever null; it is said because the indexes say it, and do not serve an order that does not.
const RISING = sql`asc nulls first`
const FALLING = sql`desc nulls last`

/** As much of a branch as a page may need of it. */
function findIn(branch: Branch, query: ListQuery): SQL {
  const { statuses, group, search = null, order = 'newest', after, limit } = query
  const { from, where, by, id } = branch
  const { write, isRising } = ORDERS[order]
  const way = isRising ? RISING : FALLING
  return sql`(
    select ${id} as id, ${by} as order_by, (${write(by)})::text as order_value
    from ${from}
    where r.deleted_at is null and ${where}
      ${statuses === null ? sql`` : sql`and r.status in ${[...statuses]}`}
      ${inGroup(group)}
      ${search === null ? sql`` : sql`and strpos(lower(r.title), lower(${search})) > 0`}
      ${after === null ? sql`` : sql`and ${isBehind(after, branch, ORDERS[order])}`}
    order by ${by} ${way}, ${id} ${way}
    limit ${limit + 1})`
}

function isBehind(cursor: ListCursor, branch: Branch, { isRising, read }: Order): SQL {
  if (branch.after) return branch.after(cursor)
  const compare = isRising ? sql`>` : sql`<`
  return sql`(${branch.by}, ${branch.id}) ${compare} (${read(cursor.value)}, ${cursor.id}::uuid)`
}

/** A statement of its own, so that it is planned over the groups' index. */
const inGroup = (group: string | null) => (group === null ? sql`` : sql`and r.group_id = ${group}`)

function toListed(row: Row): ListedRecording {
  const { id, status, version, reason, title, group } = row
  return {
    ...{ id, status, version, reason, title, group },
    generation: Number(row.generation),
    finalizedGeneration: Number(row.finalized_generation),
    takeCount: row.take_count,
    chunks: Number(row.chunks),
    bytes: Number(row.bytes),
    durationMs: row.duration_ms === null ? null : Number(row.duration_ms),
    createdAt: new Date(Number(row.created_micros) / 1000),
    startedAt: row.started_at === null ? null : new Date(row.started_at),
    fileStartedAt: row.file_started_at === null ? null : new Date(row.file_started_at),
    lastSeenAt: new Date(row.last_seen_at),
    hasThumbnail: row.has_thumbnail,
  }
}
