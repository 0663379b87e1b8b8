// Writes an event into the outbox, inside the transaction that made it true, and wakes the readers.
// NOTIFY is sent at commit only; who misses it finds the row at the next poll.

import type { HoldfastEvent } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { events } from '../schema.ts'
import { queueDeliveries } from './queue-deliveries.ts'

export const EVENTS_CHANNEL = 'holdfast_events'

export async function publishEvents(tx: Db, published: readonly HoldfastEvent[]): Promise<void> {
  if (published.length === 0) return
  const rows = await tx
    .insert(events)
    .values(published.map((data) => ({ recordingId: data.id, type: data.type, data })))
    .returning({ id: events.id, type: events.type })
  await queueDeliveries(tx, rows)
  await tx.execute(sql`select pg_notify(${EVENTS_CHANNEL}, '')`)
}
