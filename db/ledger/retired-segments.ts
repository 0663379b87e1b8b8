// Segments whose chunks lie in an object now (R14): no chunk is committed into one any more, and each is removed when its
// time has come and everything was checked again.
import { sql } from 'drizzle-orm'
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
 * Refuses the chunks that lie in a retired segment; fills `outcomes` in place. Their recordings are locked, as they are by
 * whoever retires, so that one of the two sees the other. Nothing is asked for recordings that never had a version.
 */
export async function refuseRetired(tx: Db, { batch, outcomes, locked }: Batch): Promise<void> {
  const settled = [...locked.values()].filter(({ version }) => version > 0).map(({ id }) => id)
  if (settled.length === 0) return
  const rows = await tx.execute<{ recording_id: string; segment: string }>(sql`
    select recording_id, segment from retired_segments
    where recording_id = any(${`{${settled.join(',')}}`}::text::uuid[])`)
  const retired = new Set(rows.map((row) => `${row.recording_id}/${row.segment}`))
  for (const [n, { recordingId, segment }] of batch.entries()) {
    if (retired.has(`${recordingId}/${segment}`)) outcomes[n] ??= 'retired'
  }
}

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
