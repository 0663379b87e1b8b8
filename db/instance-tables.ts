// What the ledger knows of the servers themselves: which processes there are, whether any was alive, shared secrets.
import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, primaryKey, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { at, bytea } from './columns.ts'

/**
 * Server processes. `stoppedAt` is set by whoever stops, or by others who found its heartbeat dead: from then on it is
 * fenced, and its segments may be reconciled (R10).
 */
export const instances = pgTable('instances', {
  incarnation: text('incarnation').primaryKey(),
  /** Of the program: while one after the other is updated there are two. null for commands. */
  version: text('version'),
  startedAt: at('started_at').notNull().default(sql`now()`),
  heartbeatAt: at('heartbeat_at').notNull().default(sql`now()`),
  stoppedAt: at('stopped_at'),
  /** Its segments were looked through after its end: nothing in them can change any more. */
  reconciledAt: at('reconciled_at'),
})

/**
 * One row: whether any instance was alive. Grace counts from `upSince` where that is later than the last
 * sign of life, so that an outage of ours never ages a recording (I5).
 */
export const uptime = pgTable('uptime', {
  id: smallint('id').primaryKey().default(1),
  upSince: at('up_since').notNull().default(sql`now()`),
  lastBeatAt: at('last_beat_at').notNull().default(sql`now()`),
})

/** What an instance counted in a quarter of a minute: for a day's curves on the status page. */
export type Sample = {
  acked: number
  bytes: number
  missing: number
  rejected: number
  finalized: number
  /** Of these, without a stop. */
  byItself: number
  failures: number
  returned: number
  expired: number
  purged: number
  purgedBytes: number
  /** null: nothing was acked in that time. */
  ackP50Ms: number | null
  ackP99Ms: number | null
  /** Open connections of recorders, and free bytes of its disk, at the end of it. */
  recorders: number
  freeBytes: number | null
}

export const samples = pgTable(
  'samples',
  {
    incarnation: text('incarnation').notNull(),
    at: at('at').notNull().default(sql`now()`),
    data: jsonb('data').$type<Sample>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.incarnation, table.at] }),
    index('samples_at').on(table.at),
  ],
)

/** Where the bytes lie that the ledger's rows name: the id is in the store, too. */
export const stores = pgTable('stores', {
  name: text('name').primaryKey(),
  storeId: text('store_id').notNull(),
  createdAt: at('created_at').notNull().default(sql`now()`),
})

/** Secrets that all instances share (signed media links), made at first start unless configured. */
export const secrets = pgTable('secrets', {
  name: text('name').primaryKey(),
  keyId: text('key_id').notNull(),
  secret: bytea('secret').notNull(),
  createdAt: at('created_at').notNull().default(sql`now()`),
})

/** Key pairs that sign receipts: one signs at a time, the others are only there to be checked with. */
export const receiptKeys = pgTable(
  'receipt_keys',
  {
    /** The thumbprint of the public key (RFC 7638). */
    keyId: text('key_id').primaryKey(),
    publicKey: bytea('public_key').notNull(),
    /** Gone once it is retired. */
    privateKey: bytea('private_key'),
    createdAt: at('created_at').notNull().default(sql`now()`),
    retiredAt: at('retired_at'),
  },
  () => [uniqueIndex('receipt_keys_current').on(sql`(true)`).where(sql`retired_at is null`)],
)
