// The log of deliveries, newest first, by keyset.
import type { HoldfastEvent } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { CHANNELS, DELIVERY_STATUSES, DeliveryAttempt } from '../delivery-tables.ts'

export type ListedDelivery = {
  id: number
  messageId: string
  recordingId: string
  channel: (typeof CHANNELS)[number]
  target: string
  status: (typeof DELIVERY_STATUSES)[number]
  event: HoldfastEvent
  attempts: number
  /** null once it has ended. */
  nextAttemptAt: Date | null
  createdAt: Date
  doneAt: Date | null
  log: DeliveryAttempt[]
}

type DeliveriesQuery = {
  recordingId?: string
  status?: ListedDelivery['status']
  /** Older than this one. */
  before?: number
  limit: number
}

type Row = {
  id: string
  message_id: string
  recording_id: string
  channel: ListedDelivery['channel']
  target: string
  status: ListedDelivery['status']
  event: HoldfastEvent
  attempts: number
  run_at: string
  created_at: string
  done_at: string | null
  log: DeliveryAttempt[]
}

export async function readDeliveries(db: Db, query: DeliveriesQuery): Promise<ListedDelivery[]> {
  const { recordingId, status, before, limit } = query
  const rows = await db.execute<Row>(sql`
    select d.id, d.message_id, d.recording_id, d.channel, d.target, d.status, e.data as event,
      d.attempts, d.run_at, d.created_at, d.done_at, d.log
    from deliveries d join events e on e.id = d.event_id
    where true
      ${recordingId === undefined ? sql`` : sql`and d.recording_id = ${recordingId}`}
      ${status === undefined ? sql`` : sql`and d.status = ${status}`}
      ${before === undefined ? sql`` : sql`and d.id < ${before}`}
    order by d.id desc limit ${limit}`)
  return rows.map(toListed)
}

function toListed(row: Row): ListedDelivery {
  const { message_id, recording_id, run_at, created_at, done_at, ...rest } = row
  return {
    ...rest,
    id: Number(row.id),
    messageId: message_id,
    recordingId: recording_id,
    nextAttemptAt: done_at === null ? new Date(run_at) : null,
    createdAt: new Date(created_at),
    doneAt: done_at === null ? null : new Date(done_at),
  }
}
