// Writes an event into the outbox, inside the transaction that made it true. Who listens is told after the commit:
// before it nobody could read the row. Who misses that finds the row at the next poll.

import type { HoldfastEvent } from '@holdfast/protocol'
import type { Db } from '../client.ts'
import { events } from '../schema.ts'
import { queueDeliveries } from './queue-deliveries.ts'

/** Transactions that wrote events. */
const writers = new WeakSet<object>()

/** A recorder came back: no state changes, but its story has a line more. */
export async function publishReturn(db: Db, id: string, awayMs: number): Promise<void> {
  await db.transaction((tx) => publishEvents(tx, [{ type: 'returned', id, awayMs }]))
}

export async function publishEvents(tx: Db, published: readonly HoldfastEvent[]): Promise<void> {
  if (published.length === 0) return
  const rows = await tx
    .insert(events)
    .values(published.map((data) => ({ recordingId: data.id, type: data.type, data })))
    .returning({ id: events.id, type: events.type })
  await queueDeliveries(tx, rows)
  writers.add(tx)
}

/**
 * Calls `tell` after each commit of a transaction of `db` that wrote events. Not when the outcome of the COMMIT is
 * unknown: then the poll finds out.
 */
export function tellOfEvents(db: Db, tell: () => void): void {
  const transact = db.transaction.bind(db)
  db.transaction = async (work, config) => {
    let hasEvents = false
    const result = await transact(async (tx) => {
      const done = await work(tx)
      hasEvents = writers.has(tx)
      return done
    }, config)
    if (hasEvents) tell()
    return result
  }
}
