// The ledger: which takes and chunks are durable, and what became of each recording.
// Times are the database's own clock; snake_case ends in this file.

import {
  type Gap,
  JOB_STATUSES,
  type Mark,
  REASONS,
  RECORDING_STATUSES,
  type Trim,
} from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import {
  bigserial,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { at, bytea, counter, generations } from './columns.ts'

/** A take in a file: its own time 0 is at `startMs`. null = nobody knows how long it lasts. */
export type PlayedTake = { take: number; startMs: number; endMs: number | null }

export { deliveries } from './delivery-tables.ts'
export { events } from './event-table.ts'
export { instances, receiptKeys, samples, secrets, stores, uptime } from './instance-tables.ts'

/** One row per recording, and after its deletion the audit row that answers late chunks with 410. */
export const recordings = pgTable(
  'recordings',
  {
    id: uuid('id').primaryKey(),
    status: text('status', { enum: RECORDING_STATUSES }).notNull().default('recording'),
    reason: text('reason', { enum: REASONS }),
    /** The newest committed version; 0 = none. */
    version: integer('version').notNull().default(0),
    /** Raised by every new chunk and by every change of the effective totals. */
    generation: counter('generation').notNull().default(0),
    /** The generation that the current result was computed from. Differs = there is work to do. */
    finalizedGeneration: counter('finalized_generation').notNull().default(-1),
    /** sha256 of the recording's token; the token itself is never stored. */
    tokenHash: bytea('token_hash').notNull(),
    tokenMayDelete: boolean('token_may_delete').notNull().default(false),
    title: text('title'),
    metadata: jsonb('metadata').$type<Record<string, unknown>>(),
    groupId: text('group_id'),
    /** Moments that a person marked, by time. */
    marks: jsonb('marks').$type<Mark[]>().notNull().default([]),
    /** What a player begins and ends with; the media stays whole. */
    trim: jsonb('trim').$type<Trim>(),
    notify: jsonb('notify').$type<{ email?: string; webhook?: string }>(),
    owner: text('owner'),
    /** A FINISH stands since then; its totals are in `totals`. */
    finishedAt: at('finished_at'),
    finishReason: text('finish_reason', { enum: ['user', 'pagehide', 'error'] }),
    /** Every take holds every chunk below its effective total. */
    complete: boolean('complete').notNull().default(false),
    chunkCount: counter('chunk_count').notNull().default(0),
    bytes: counter('bytes').notNull().default(0),
    conflictCount: integer('conflict_count').notNull().default(0),
    createdAt: at('created_at').notNull().default(sql`now()`),
    lastSeenAt: at('last_seen_at').notNull().default(sql`now()`),
    lastChunkAt: at('last_chunk_at'),
    leaseEpoch: counter('lease_epoch').notNull().default(0),
    leaseUntil: at('lease_until'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: at('next_attempt_at'),
    lastError: text('last_error'),
    /** The generation whose segments were made one object. Differs = there may be something to compact. */
    compactedGeneration: counter('compacted_generation').notNull().default(-1),
    deletedAt: at('deleted_at'),
    purgedAt: at('purged_at'),
  },
  (table) => [
    // What the sweeper scans: live and due recordings only, however many have ever been.
    index('recordings_pending')
      .on(table.lastSeenAt)
      .where(sql`generation <> finalized_generation and deleted_at is null`),
    index('recordings_purge')
      .on(table.deletedAt)
      .where(sql`deleted_at is not null and purged_at is null`),
    // What compaction scans: settled once, and not compacted since.
    index('recordings_uncompacted')
      .on(table.lastChunkAt)
      .where(sql`version > 0 and compacted_generation <> generation and deleted_at is null`),
    index('recordings_failed').on(table.lastSeenAt).where(sql`status = 'failed'`),
    index('recordings_newest').on(table.createdAt.desc(), table.id.desc()),
    // The other orders of the list (see list-orders.ts). What is recorded for the first time is in the last one only, whose
    // key stays: sizes change with every chunk.
    index('recordings_largest')
      .on(table.bytes.desc(), table.id.desc())
      .where(sql`version > 0 and deleted_at is null`),
    index('recordings_title')
      .on(sql`lower(coalesce(title, '')) asc nulls first`, table.id.asc().nullsFirst())
      .where(sql`version > 0 and deleted_at is null`),
    index('recordings_without_version')
      .on(table.id.desc())
      .where(sql`version = 0 and deleted_at is null`),
    index('recordings_group')
      .on(table.groupId, table.createdAt.desc())
      .where(sql`group_id is not null`),
  ],
)

/** One run of a recorder. Its counters follow the chunks in the same transaction. */
export const takes = pgTable(
  'takes',
  {
    recordingId: uuid('recording_id')
      .notNull()
      .references(() => recordings.id),
    take: integer('take').notNull(),
    mimeType: text('mime_type').notNull(),
    init: bytea('init'),
    startedAt: at('started_at').notNull(),
    chunkCount: counter('chunk_count').notNull().default(0),
    bytes: counter('bytes').notNull().default(0),
    /** Highest stored seq; -1 = none. */
    maxSeq: counter('max_seq').notNull().default(-1),
  },
  (table) => [primaryKey({ columns: [table.recordingId, table.take] })],
)

/**
 * Chunks per take as FINISH declared them; rows exist while a FINISH stands. A take may be declared before
 * its TAKE arrived. The effective total is max(declared, highest stored seq + 1).
 */
export const totals = pgTable(
  'totals',
  {
    recordingId: uuid('recording_id')
      .notNull()
      .references(() => recordings.id),
    take: integer('take').notNull(),
    declared: counter('declared').notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordingId, table.take] })],
)

/** One row per durable chunk: where its bytes lie. `index` is null until the take is contiguous up to it. */
export const chunks = pgTable(
  'chunks',
  {
    recordingId: uuid('recording_id').notNull(),
    take: integer('take').notNull(),
    seq: counter('seq').notNull(),
    sha256: bytea('sha256').notNull(),
    bytes: integer('bytes').notNull(),
    /** Key of the segment in the store, and the offset of the chunk's media bytes in it. */
    segment: text('segment').notNull(),
    offset: counter('offset').notNull(),
    aligned: boolean('aligned').notNull().default(false),
    clusterMs: counter('cluster_ms'),
    startMs: counter('start_ms'),
    endMs: counter('end_ms'),
    index: bytea('index'),
    /** The recording's generation that this chunk made: a version holds the chunks up to its own. */
    generation: counter('generation').notNull(),
    receivedAt: at('received_at').notNull().default(sql`now()`),
    transport: text('transport', {
      enum: ['websocket', 'http', 'beacon', 'webtransport'],
    }).notNull(),
    /** Set when the stored bytes were found not to match: counts as missing, replaced by the next copy. */
    damagedAt: at('damaged_at'),
    /** The generations that had to do without it while it was damaged; null = none. */
    absent: generations('absent'),
  },
  (table) => [
    primaryKey({ columns: [table.recordingId, table.take, table.seq] }),
    foreignKey({
      columns: [table.recordingId, table.take],
      foreignColumns: [takes.recordingId, takes.take],
    }),
    index('chunks_damaged').on(table.recordingId).where(sql`damaged_at is not null`),
  ],
)

/** Each finalization that changed the result. Immutable. */
export const versions = pgTable(
  'versions',
  {
    recordingId: uuid('recording_id')
      .notNull()
      .references(() => recordings.id),
    version: integer('version').notNull(),
    /** The lease epoch that committed it and the generation it was computed from. */
    epoch: counter('epoch').notNull(),
    generation: counter('generation').notNull(),
    status: text('status', { enum: ['ready', 'incomplete'] }).notNull(),
    reason: text('reason', { enum: REASONS }).notNull(),
    durationMs: counter('duration_ms'),
    bytes: counter('bytes').notNull(),
    gaps: jsonb('gaps').$type<Gap[]>().notNull(),
    /** The takes in its file, in order, and when each of them begins there; null in versions older than that. */
    played: jsonb('played').$type<PlayedTake[]>(),
    header: bytea('header').notNull(),
    etag: text('etag').notNull(),
    /** What the file is; `raw` = nobody could read the bytes, they are served as they came. Null in rows from before. */
    container: text('container', { enum: ['webm', 'mp4', 'raw'] }),
    createdAt: at('created_at').notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.recordingId, table.version] }),
    index('versions_longest').on(
      sql`coalesce(duration_ms, 0) desc nulls last`,
      table.recordingId.desc(),
    ),
  ],
)

/**
 * Work after the recording is safe, leased like a recording: what is made from one of its versions (export, thumbnail,
 * waveform, posters). The row outlives the work: it says where the made file lies.
 */
export const jobs = pgTable(
  'jobs',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    kind: text('kind').notNull(),
    /** Unique per kind: the same work is never queued twice. */
    key: text('key').notNull(),
    recordingId: uuid('recording_id').references(() => recordings.id),
    /** The recording's version that it is made from. */
    version: integer('version'),
    status: text('status', { enum: JOB_STATUSES }).notNull().default('waiting'),
    /** Percent of the attempt that runs. */
    progress: smallint('progress').notNull().default(0),
    data: jsonb('data').$type<Record<string, unknown>>().notNull().default({}),
    runAt: at('run_at').notNull().default(sql`now()`),
    leaseEpoch: counter('lease_epoch').notNull().default(0),
    leaseUntil: at('lease_until'),
    attempts: integer('attempts').notNull().default(0),
    errorCode: text('error_code'),
    lastError: text('last_error'),
    /** Settled since then: done, failed or cancelled. */
    doneAt: at('done_at'),
    /** When what was made was last asked for, to the hour. */
    usedAt: at('used_at'),
  },
  (table) => [
    index('jobs_due').on(table.runAt).where(sql`done_at is null`),
    uniqueIndex('jobs_key').on(table.kind, table.key),
    index('jobs_recording').on(table.recordingId),
  ],
)

/**
 * Segments whose chunks lie in an object now (R14). While its row exists no chunk may point into the segment: that is
 * what keeps a writer which still has it open from losing what it appends.
 */
export const retiredSegments = pgTable(
  'retired_segments',
  {
    recordingId: uuid('recording_id')
      .notNull()
      .references(() => recordings.id),
    segment: text('segment').notNull(),
    /** What it held when it was copied. Longer on the disk = somebody appended since. */
    bytes: counter('bytes').notNull(),
    retiredAt: at('retired_at').notNull().default(sql`now()`),
    /** When it may be removed, and when the next try is due. */
    removeAt: at('remove_at').notNull(),
    removedAt: at('removed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.recordingId, table.segment] }),
    index('retired_segments_due').on(table.removeAt).where(sql`removed_at is null`),
  ],
)

/** Another chunk under a number that is taken: evidence. After 8 copies `object` is null (digest only), and
 * after 1,000 rows of a recording no further ones are added. */
export const conflicts = pgTable(
  'conflicts',
  {
    recordingId: uuid('recording_id')
      .notNull()
      .references(() => recordings.id),
    take: integer('take').notNull(),
    seq: counter('seq').notNull(),
    sha256: bytea('sha256').notNull(),
    bytes: integer('bytes').notNull(),
    object: text('object'),
    at: at('at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.recordingId, table.take, table.seq, table.sha256] })],
)
