// Reads the outbox without a hole. Rows become visible in the order of their commits, not of their ids: so
// they are given out by (transaction, id), and only below the oldest running transaction. Every row that is
// not visible yet belongs to a later transaction than that, hence behind every row that was given out.
import type { HoldfastEvent } from '@holdfast/protocol'
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

/** A place in the order of events. */
export type EventCursor = { readonly xid: string; readonly id: number }

export type PublishedEvent = EventCursor & { readonly event: HoldfastEvent }

/** Before the first event. */
export const FIRST_EVENT: EventCursor = { xid: '0', id: 0 }

type EventsQuery = {
  after: EventCursor
  /** Up to and including this one. */
  until?: EventCursor
  /** Only this recording's. */
  recordingId?: string | null
  limit: number
}

type Row = { xid: string; id: string; data: HoldfastEvent }

const place = ({ xid, id }: EventCursor): SQL => sql`(${xid}::text::xid8, ${id}::bigint)`
const isSettled = sql`xid < pg_snapshot_xmin(pg_current_snapshot())`

export async function readEvents(db: Db, query: EventsQuery): Promise<PublishedEvent[]> {
  const { after, until, recordingId = null, limit } = query
  const isBefore = until ? sql`(xid, id) <= ${place(until)}` : sql`true`
  const isOfRecording = recordingId === null ? sql`true` : sql`recording_id = ${recordingId}`
  const rows = await db.execute<Row>(sql`
    select xid::text as xid, id, data from events
    where (xid, id) > ${place(after)} and ${isBefore} and ${isOfRecording} and ${isSettled}
    order by events.xid, id limit ${limit}`)
  return rows.map(({ xid, id, data }) => ({ xid, id: Number(id), event: data }))
}

/** The last event that may be given out. */
export async function readLastEvent(db: Db): Promise<EventCursor> {
  const [row] = await db.execute<Omit<Row, 'data'>>(sql`
    select xid::text as xid, id from events where ${isSettled}
    order by events.xid desc, id desc limit 1`)
  return row ? { xid: row.xid, id: Number(row.id) } : FIRST_EVENT
}

/** Whether a committed event still waits behind a running transaction: nothing wakes the readers for it. */
export async function hasWithheldEvents(db: Db): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from events where xid >= pg_snapshot_xmin(pg_current_snapshot()) limit 1`)
  return rows.length > 0
}

/**
 * After a restore from a dump the transactions of the old server may lie in this one's future, and their
 * events would be withheld for as long. They are all committed: the past is where they belong.
 */
export async function adoptRestoredEvents(db: Db): Promise<void> {
  await db.execute(sql`
    update events set xid = '0'::xid8 where xid >= pg_snapshot_xmax(pg_current_snapshot())`)
}
