// Segments whose chunks lie in an object now (R14): no chunk is committed into one any more, and each is removed when its
// time has come and everything was checked again.
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { ChunkOutcome, NewChunk } from './commit-chunks.ts'
import type { LockedRecording } from './lock-recording.ts'

export type RetiredSegment = { segment: string; bytes: number }

type Batch = {
  batch: readonly NewChunk[]
  outcomes: (ChunkOutcome | null)[]
  locked: ReadonlyMap<string, LockedRecording>
}

/**
 * Refuses the chunks that lie in a retired segment, and those of a writer that was fenced: a segment of its into which no row
 * points may be retired, removed and forgotten. Fills `outcomes` in place. Their recordings are locked, as they are by
 * whoever retires, so that one of the two sees the other. Nothing is asked for recordings that never had a version: nothing
 * of theirs is retired.
 */
export async function refuseRetired(tx: Db, { batch, outcomes, locked }: Batch): Promise<void> {
  const settled = batch.filter(({ recordingId }) => (locked.get(recordingId)?.version ?? 0) > 0)
  if (settled.length === 0) return
  const keyOf = (id: string, segment: string) => `${id}/${segment}`
  const asked = new Map(
    settled.map(({ recordingId: id, segment }) => [keyOf(id, segment), { id, segment }]),
  )
  const rows = await tx.execute<{ id: string; segment: string }>(sql`
    select a.id, a.segment
    from jsonb_to_recordset(${JSON.stringify([...asked.values()])}::text::jsonb)
      as a(id uuid, segment text)
    where exists (select 1 from retired_segments s
        where s.recording_id = a.id and s.segment = a.segment)
      or exists (select 1 from instances i
        where i.incarnation = ${writerOf(sql`a.segment`)} and i.stopped_at is not null)
      and not exists (select 1 from chunks c
        where c.recording_id = a.id and c.segment = a.segment)`)
  const refused = new Set(rows.map(({ id, segment }) => keyOf(id, segment)))
  for (const [n, { recordingId, segment }] of batch.entries()) {
    if (refused.has(keyOf(recordingId, segment))) outcomes[n] ??= 'retired'
  }
}

/** The incarnation that wrote a segment or object, out of its key. */
const writerOf = (segment: SQL) =>
  sql`regexp_replace(${segment}, '^(object-)?(.*)-[0-9]+[.]seg$', '\\2')`

/** Ask under the recording's lock. */
export async function isRetired(tx: Db, recordingId: string, segment: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from retired_segments
    where recording_id = ${recordingId} and segment = ${segment}`)
  return rows.length > 0
}

export async function readRetired(db: Db, recordingId: string): Promise<RetiredSegment[]> {
  const rows = await db.execute<{ segment: string; bytes: string }>(sql`
    select segment, bytes from retired_segments where recording_id = ${recordingId}`)
  return rows.map(({ segment, bytes }) => ({ segment, bytes: Number(bytes) }))
}

export type DueRemoval = RetiredSegment & { recordingId: string }

/** Takes segments whose time has come; those of a dead remover come back after `leaseMs`. */
export async function claimRemovals(
  db: Db,
  { leaseMs, limit }: { leaseMs: number; limit: number },
): Promise<DueRemoval[]> {
  const rows = await db.execute<{ recording_id: string; segment: string; bytes: string }>(sql`
    update retired_segments s set remove_at = now() + ${leaseMs} * interval '1 ms'
    where ctid = any(array(
      select d.ctid from retired_segments d
      where d.removed_at is null and d.remove_at <= now() and exists (
        select 1 from recordings r where r.id = d.recording_id and r.deleted_at is null)
      order by d.remove_at limit ${limit}
      for update of d skip locked))
    returning recording_id, segment, bytes`)
  return rows.map(({ recording_id, segment, bytes }) => {
    return { recordingId: recording_id, segment, bytes: Number(bytes) }
  })
}

export async function markRemoved(db: Db, { recordingId, segment }: DueRemoval): Promise<void> {
  await db.execute(sql`
    update retired_segments set removed_at = now()
    where recording_id = ${recordingId} and segment = ${segment}`)
}

/** Somebody appended to it after it was copied: the recording is to be compacted once more, with it. */
export async function compactAgain(db: Db, recordingId: string): Promise<void> {
  await db.execute(sql`
    update recordings set compacted_generation = -1 where id = ${recordingId}`)
}

/** Longer than any transaction that began before the fence: statements and idle transactions end after 30 s. */
const FENCE_SETTLED_MS = 10 * 60_000

/**
 * Rows of removed segments that nobody needs any more: their writer was fenced long ago, so that no chunk can be committed
 * into them, row or no row. A writer whose instance is unknown counts from the removal.
 */
export async function readForgettable(db: Db, limit: number): Promise<DueRemoval[]> {
  const rows = await db.execute<{ recording_id: string; segment: string; bytes: string }>(sql`
    select s.recording_id, s.segment, s.bytes from retired_segments s
    left join instances i on i.incarnation = ${writerOf(sql`s.segment`)}
    where s.removed_at is not null and (i.incarnation is null or i.stopped_at is not null)
      and greatest(s.removed_at, i.stopped_at) < now() - ${FENCE_SETTLED_MS} * interval '1 ms'
    order by s.removed_at limit ${limit}`)
  return rows.map(({ recording_id, segment, bytes }) => {
    return { recordingId: recording_id, segment, bytes: Number(bytes) }
  })
}

export async function forgetRetired(db: Db, { recordingId, segment }: DueRemoval): Promise<void> {
  await db.execute(sql`
    delete from retired_segments
    where recording_id = ${recordingId} and segment = ${segment} and removed_at is not null`)
}
