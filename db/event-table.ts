// What happened, for those who listen: read in the order in which it became true.
import type { HoldfastEvent } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import { bigserial, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at, xid8 } from './columns.ts'

/** Outbox and audit: written in the transaction that made it true. `xid` lets readers skip no row (see events). */
export const events = pgTable(
  'events',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    recordingId: uuid('recording_id').notNull(),
    type: text('type').$type<HoldfastEvent['type']>().notNull(),
    data: jsonb('data').$type<HoldfastEvent>().notNull(),
    at: at('at').notNull().default(sql`now()`),
    xid: xid8('xid').notNull().default(sql`pg_current_xact_id()`),
  },
  (table) => [
    index('events_recording').on(table.recordingId, table.id),
    // The order in which readers take them (see read-events.ts).
    index('events_order').on(table.xid, table.id),
  ],
)
