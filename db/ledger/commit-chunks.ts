// Commits the rows of a batch of durable chunks (R5–R7): the only place where a chunk becomes ackable.
// Holds the rows of its recordings, locked in id order, for the whole transaction, so that generations,
// counters and the standing FINISH move together with the chunks.

import { LIMITS, type RecordingStatus, TRANSITIONS } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings } from '../schema.ts'
import { insertChunks } from './insert-chunks.ts'
import { isComplete } from './is-complete.ts'
import { isOneOf } from './is-one-of.ts'
import type { LockedRecording } from './lock-recording.ts'
import { publishEvents } from './publish-event.ts'
import { refuseRetired } from './retired-segments.ts'

export type NewChunk = {
  recordingId: string
  take: number
  seq: number
  sha256: Uint8Array
  bytes: number
  /** Where the synced bytes lie in the store. */
  segment: string
  offset: number
  aligned: boolean
  clusterMs: number | null
  endMs: number | null
  /** Where the chunk's parts lie; null = indexed later. */
  index?: Uint8Array | null
  /** Whether `index` was computed behind a separate init: another instance may know more. @default false */
  hasInit?: boolean
  transport: 'websocket' | 'http' | 'beacon' | 'webtransport'
}

export type ChunkOutcome =
  /** Its row is committed: ack. */
  | 'stored'
  /** The same bytes were already there: ack, no second row. */
  | 'duplicate'
  | 'conflict'
  | 'take_unknown'
  /** Its segment was replaced meanwhile and will be removed: append it to another. */
  | 'retired'
  | 'full'
  | 'deleted'
  | 'unknown'

/** A recording's state after the batch, for those that wait for its completion. */
export type CommittedRecording = { id: string; complete: boolean; finished: boolean }

export type BatchOutcome = { outcomes: ChunkOutcome[]; recordings: CommittedRecording[] }

/** Resolves after COMMIT. Rejects when the outcome is unknown: then nothing may be acked (R7). */
export async function commitChunks(
  db: Db,
  batch: readonly NewChunk[],
  maxRecordingBytes: number,
): Promise<BatchOutcome> {
  return await db.transaction(async (tx) => {
    const locked = await lockAll(tx, batch)
    const outcomes = batch.map((chunk) => precheck(locked.get(chunk.recordingId)))
    await refuseRetired(tx, { batch, outcomes, locked })
    const room = new Room(locked, maxRecordingBytes)
    await insertChunks(tx, { batch, outcomes, room })
    const touched = await settleRecordings(tx, { batch, outcomes, locked, room })
    return { outcomes: outcomes.map((outcome) => outcome ?? 'unknown'), recordings: touched }
  })
}

async function lockAll(tx: Db, batch: readonly NewChunk[]): Promise<Map<string, LockedRecording>> {
  const ids = [...new Set(batch.map((chunk) => chunk.recordingId))]
  const rows = await tx
    .select()
    .from(recordings)
    .where(isOneOf(recordings.id, ids))
    .orderBy(recordings.id)
    .for('update')
  return new Map(rows.map((row) => [row.id, row]))
}

function precheck(recording: LockedRecording | undefined): ChunkOutcome | null {
  if (!recording) return 'unknown'
  return recording.deletedAt ? 'deleted' : null
}

/** How much each recording of the batch may still grow, and the generation of its next chunk. */
export class Room {
  readonly #locked: Map<string, LockedRecording>
  readonly #maxBytes: number
  readonly #used = new Map<string, { chunks: number; bytes: number }>()

  constructor(locked: Map<string, LockedRecording>, maxBytes: number) {
    this.#locked = locked
    this.#maxBytes = maxBytes
  }

  /** The generation for one more chunk; null when the recording is full. */
  claim(id: string, bytes: number): number | null {
    const recording = this.#locked.get(id)
    if (!recording) return null
    const used = this.#used.get(id) ?? { chunks: 0, bytes: 0 }
    const next = { chunks: used.chunks + 1, bytes: used.bytes + bytes }
    if (recording.chunkCount + next.chunks > LIMITS.maxChunks) return null
    if (recording.bytes + next.bytes > this.#maxBytes) return null
    this.#used.set(id, next)
    return recording.generation + next.chunks
  }

  /** The recording's generation after a batch that stored something: no chunk of it has a higher one. */
  generation(id: string): number {
    return (this.#locked.get(id)?.generation ?? 0) + (this.#used.get(id)?.chunks ?? 0)
  }
}

type Settled = {
  batch: readonly NewChunk[]
  outcomes: readonly (ChunkOutcome | null)[]
  locked: Map<string, LockedRecording>
  room: Room
}

async function settleRecordings(tx: Db, settled: Settled): Promise<CommittedRecording[]> {
  const growth = measureGrowth(settled)
  if (growth.length === 0) return []
  // Neither needs the other: the second is sent without waiting for the first.
  const [, revoked] = await Promise.all([growTakes(tx, growth), revokePassedTotals(tx, growth)])
  const perRecording = sumByRecording(growth, settled, revoked)
  const rows = await tx.execute<{ id: string; complete: boolean; finished: boolean }>(sql`
    update recordings r set
      last_seen_at = now(), last_chunk_at = now(),
      generation = g.generation,
      chunk_count = r.chunk_count + g.chunks, bytes = r.bytes + g.bytes,
      status = g.status,
      finished_at = case when g.revoked then null else r.finished_at end,
      finish_reason = case when g.revoked then null else r.finish_reason end,
      complete = r.finished_at is not null and not g.revoked and ${isComplete(sql`r.id`)},
      lease_until = case when g.chunks > 0 then null else r.lease_until end,
      next_attempt_at = case when g.chunks > 0 then null else r.next_attempt_at end,
      attempts = case when g.chunks > 0 then 0 else r.attempts end
    from jsonb_to_recordset(${JSON.stringify(perRecording)}::text::jsonb)
      as g(id uuid, generation bigint, chunks bigint, bytes bigint, status text, revoked boolean)
    where r.id = g.id
    returning r.id, r.complete, r.finished_at is not null as finished`)
  await publishStatusChanges(tx, perRecording, settled.locked)
  return [...rows]
}

/** What the batch added to one take; `chunks` 0 when it only brought duplicates. */
type TakeGrowth = { id: string; take: number; chunks: number; bytes: number; maxSeq: number }

function measureGrowth({ batch, outcomes }: Settled): TakeGrowth[] {
  const growth = new Map<string, TakeGrowth>()
  for (const [at, chunk] of batch.entries()) {
    const outcome = outcomes[at]
    if (outcome !== 'stored' && outcome !== 'duplicate') continue
    const key = `${chunk.recordingId}/${chunk.take}`
    const entry = growth.get(key) ?? {
      id: chunk.recordingId,
      take: chunk.take,
      chunks: 0,
      bytes: 0,
      maxSeq: -1,
    }
    if (outcome === 'stored') {
      entry.chunks += 1
      entry.bytes += chunk.bytes
      entry.maxSeq = Math.max(entry.maxSeq, chunk.seq)
    }
    growth.set(key, entry)
  }
  return [...growth.values()]
}

async function growTakes(tx: Db, growth: readonly TakeGrowth[]): Promise<void> {
  const grown = growth.filter((entry) => entry.chunks > 0)
  if (grown.length === 0) return
  await tx.execute(sql`
    update takes t set
      chunk_count = t.chunk_count + g.chunks, bytes = t.bytes + g.bytes,
      max_seq = greatest(t.max_seq, g."maxSeq")
    from jsonb_to_recordset(${JSON.stringify(grown)}::text::jsonb)
      as g(id uuid, take int, chunks bigint, bytes bigint, "maxSeq" bigint)
    where t.recording_id = g.id and t.take = g.take`)
}

/** Deletes the totals that a new seq lies at or past (rule 7); returns their recordings. */
async function revokePassedTotals(tx: Db, growth: readonly TakeGrowth[]): Promise<Set<string>> {
  const rows = await tx.execute<{ id: string }>(sql`
    delete from totals where recording_id in (
      select d.recording_id from totals d
      join jsonb_to_recordset(${JSON.stringify(growth)}::text::jsonb)
        as g(id uuid, take int, "maxSeq" bigint)
        on d.recording_id = g.id and d.take = g.take
      where g."maxSeq" >= d.declared)
    returning recording_id as id`)
  return new Set(rows.map((row) => row.id))
}

type RecordingGrowth = {
  id: string
  generation: number
  chunks: number
  bytes: number
  status: RecordingStatus
  revoked: boolean
}

function sumByRecording(
  growth: readonly TakeGrowth[],
  { locked, room }: Settled,
  revoked: ReadonlySet<string>,
): RecordingGrowth[] {
  const sums = new Map<string, RecordingGrowth>()
  for (const { id, chunks, bytes } of growth) {
    const recording = locked.get(id)
    if (!recording) continue
    const { status, generation } = recording
    const sum = sums.get(id) ?? {
      id,
      generation,
      chunks: 0,
      bytes: 0,
      status,
      revoked: revoked.has(id),
    }
    sum.chunks += chunks
    sum.bytes += bytes
    if (sum.chunks > 0) {
      sum.status = statusAfterChunk(recording, sum.revoked)
      // Duplicates of the batch used up numbers too: no stored chunk may lie past its recording.
      sum.generation = room.generation(id)
    }
    sums.set(id, sum)
  }
  return [...sums.values()]
}

function statusAfterChunk(recording: LockedRecording, revoked: boolean): RecordingStatus {
  const stopped = recording.finishedAt !== null && !revoked
  return TRANSITIONS[recording.status][stopped ? 'lateChunk' : 'chunk'] ?? recording.status
}

async function publishStatusChanges(
  tx: Db,
  changed: readonly RecordingGrowth[],
  locked: Map<string, LockedRecording>,
): Promise<void> {
  const events = changed.flatMap(({ id, status }) => {
    const before = locked.get(id)
    if (!before || before.status === status) return []
    const { version, reason } = before
    return [{ type: 'status' as const, id, status, version, reason }]
  })
  await publishEvents(tx, events)
}
