// Reads the outbox without a hole: only rows below the oldest running transaction, so that a row with a
// lower id can never appear behind one that was given out. Writers have changed another row before they
// write an event, hence their transaction's number is older than the event's id.
import type { HoldfastEvent } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { DatabaseClient, Db } from '../client.ts'
import { EVENTS_CHANNEL } from './publish-event.ts'

export type PublishedEvent = { id: number; event: HoldfastEvent }

type EventsQuery = {
  /** The last event that the reader has; 0 = from the first. */
  afterId: number
  /** Up to and including this id. */
  untilId?: number
  /** Only this recording's. */
  recordingId?: string | null
  limit: number
}

type Row = { id: string; data: HoldfastEvent }

export async function readEvents(db: Db, query: EventsQuery): Promise<PublishedEvent[]> {
  const { afterId, untilId = Number.MAX_SAFE_INTEGER, recordingId = null, limit } = query
  const ofRecording = recordingId === null ? sql`true` : sql`recording_id = ${recordingId}`
  const rows = await db.execute<Row>(sql`
    select id, data from events
    where id > ${afterId} and id <= ${untilId} and ${ofRecording}
      and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by id limit ${limit}`)
  return rows.map(({ id, data }) => ({ id: Number(id), event: data }))
}

/** More events than this never wait for one open transaction. */
const MAX_UNSETTLED = 10_000

/** The newest id that may be given out; 0 when there is none. */
export async function readLastEventId(db: Db): Promise<number> {
  const [row] = await db.execute<{ id: string | null }>(sql`
    select coalesce(max(e.id), newest.id - ${MAX_UNSETTLED}) as id
    from (select coalesce(max(id), 0) as id from events) newest
      left join events e on e.id > newest.id - ${MAX_UNSETTLED}
        and e.xid < pg_snapshot_xmin(pg_current_snapshot())
    group by newest.id`)
  return Math.max(0, Number(row?.id ?? 0))
}

/** Calls `wake` after each commit with events, and whenever the listening connection was renewed. */
export async function listenForEvents(
  client: DatabaseClient,
  wake: () => void,
): Promise<() => Promise<void>> {
  const listening = await client.sql.listen(EVENTS_CHANNEL, wake, wake)
  return () => listening.unlisten()
}
