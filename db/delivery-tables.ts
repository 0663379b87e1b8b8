// What is told to the outside: one row per event and channel, leased like a job, with the log of its attempts. The body is the
// event's own, in the outbox.
import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { at, counter } from './columns.ts'

export const CHANNELS = ['webhook', 'email'] as const
/** `skipped`: there was nothing in it that a person should read. */
export const DELIVERY_STATUSES = ['waiting', 'sending', 'delivered', 'skipped', 'failed'] as const

/** One try, newest last. */
export type DeliveryAttempt = {
  at: string
  /** What the other side answered, null when it did not: an HTTP status, an SMTP code. */
  answer: number | null
  /** null = it was taken. */
  code: string | null
  message: string | null
  tookMs: number
}

export const deliveries = pgTable(
  'deliveries',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** What the receiver knows it by: the same at every attempt and replay. */
    messageId: uuid('message_id').notNull().default(sql`gen_random_uuid()`),
    eventId: bigint('event_id', { mode: 'number' }).notNull(),
    recordingId: uuid('recording_id').notNull(),
    channel: text('channel', { enum: CHANNELS }).notNull(),
    /** The webhook's address, or the e-mail's. */
    target: text('target').notNull(),
    status: text('status', { enum: DELIVERY_STATUSES }).notNull().default('waiting'),
    runAt: at('run_at').notNull().default(sql`now()`),
    leaseEpoch: counter('lease_epoch').notNull().default(0),
    leaseUntil: at('lease_until'),
    /** Since it was queued or replayed. */
    attempts: integer('attempts').notNull().default(0),
    log: jsonb('log').$type<DeliveryAttempt[]>().notNull().default([]),
    createdAt: at('created_at').notNull().default(sql`now()`),
    doneAt: at('done_at'),
  },
  (table) => [
    index('deliveries_due').on(table.runAt).where(sql`done_at is null`),
    index('deliveries_done').on(table.doneAt).where(sql`done_at is not null`),
    index('deliveries_recording').on(table.recordingId, table.id),
    uniqueIndex('deliveries_event').on(table.eventId, table.channel),
  ],
)
