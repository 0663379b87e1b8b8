// Moves rows from segments into an object, and retires the segments that nothing points into any more. Fenced by the
// job's epoch; a row moves only if it still points where it was read. So do rows whose damaged bytes were found elsewhere.
import { toHex } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { type CompactionClaim, endCompaction } from './claim-compaction.ts'
import { lockRecording } from './lock-recording.ts'
import { isRetired, type RetiredSegment } from './retired-segments.ts'

export type ChunkMove = {
  take: number
  seq: number
  /** Of the bytes as they were read back from the object. */
  sha256: Uint8Array
  from: { segment: string; offset: number }
  /** Where its media bytes begin in the object. */
  offset: number
}

export type Move = { object: string; moves: readonly ChunkMove[] }

/** Some of the rows of a long recording; false when the lease or a row was lost, and then none has moved. */
export async function moveChunks(db: Db, claim: CompactionClaim, move: Move): Promise<boolean> {
  return await orLost(false, () =>
    db.transaction(async (tx) => {
      await holdJob(tx, claim)
      await moveRows(tx, claim.recordingId, move)
      return true
    }),
  )
}

export type Compaction = {
  /** null = nothing had to be copied. */
  move: Move | null
  /** Segments of which everything that counts lies in the object. */
  sources: readonly RetiredSegment[]
  /** How long they are kept all the same. */
  keepMs: number
}

/**
 * The last of the moves and the end of the job, in one transaction under the recording's lock. Resolves with the segments
 * that are retired: a source into which a chunk came meanwhile is not. null = lost, nothing has changed.
 */
export async function commitCompaction(
  db: Db,
  claim: CompactionClaim,
  { move, sources, keepMs }: Compaction,
): Promise<string[] | null> {
  const { recordingId, generation } = claim
  return await orLost(null, () =>
    db.transaction(async (tx) => {
      const row = await lockRecording(tx, recordingId)
      if (!row || row.deletedAt) throw new Lost()
      if (move) await moveRows(tx, recordingId, move)
      const retired = await retireSegments(tx, { recordingId, sources, keepMs })
      await tx.execute(sql`
        update recordings set compacted_generation = ${generation} where id = ${recordingId}`)
      if (!(await endCompaction(tx, claim))) throw new Lost()
      return retired
    }),
  )
}

/**
 * Rows whose bytes were found again and copied to a new place. No job holds them: the recording's lock does. False when a
 * row, the new segment or the recording was lost, and then none has moved.
 */
export async function repointChunks(db: Db, recordingId: string, move: Move): Promise<boolean> {
  return await orLost(false, () =>
    db.transaction(async (tx) => {
      const row = await lockRecording(tx, recordingId)
      if (!row || row.deletedAt || (await isRetired(tx, recordingId, move.object))) throw new Lost()
      await moveRows(tx, recordingId, move)
      return true
    }),
  )
}

/** Rolls the transaction back: another instance, a chunk or a deletion was quicker. */
class Lost extends Error {}

async function orLost<T>(lost: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Lost) return lost
    throw error
  }
}

async function holdJob(tx: Db, { jobId, epoch }: CompactionClaim): Promise<void> {
  const rows = await tx.execute(sql`
    select 1 from jobs where id = ${jobId} and lease_epoch = ${epoch} for update`)
  if (rows.length === 0) throw new Lost()
}

async function moveRows(tx: Db, recordingId: string, { object, moves }: Move): Promise<void> {
  const rows = moves.map(({ take, seq, sha256, from, offset }) => {
    return { take, seq, sha256: toHex(sha256), segment: from.segment, at: from.offset, offset }
  })
  const moved = await tx.execute(sql`
    update chunks c set segment = ${object}, "offset" = m."offset"
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as m(
      take int, seq bigint, sha256 text, segment text, at bigint, "offset" bigint)
    where c.recording_id = ${recordingId} and c.take = m.take and c.seq = m.seq
      and c.segment = m.segment and c."offset" = m.at
      and c.sha256 = decode(m.sha256, 'hex') and c.damaged_at is null
    returning 1`)
  if (moved.length !== moves.length) throw new Lost()
}

type Retirement = Omit<Compaction, 'move'> & { recordingId: string }

/** Those of them into which no row points. Under the recording's lock. */
export async function retireSegments(
  tx: Db,
  { recordingId, sources, keepMs }: Retirement,
): Promise<string[]> {
  const rows = await tx.execute<{ segment: string }>(sql`
    insert into retired_segments (recording_id, segment, bytes, remove_at)
    select ${recordingId}::uuid, s.segment, s.bytes, now() + ${keepMs} * interval '1 ms'
    from jsonb_to_recordset(${JSON.stringify(sources)}::text::jsonb) as s(segment text, bytes bigint)
    where not exists (select 1 from chunks c
      where c.recording_id = ${recordingId}::uuid and c.segment = s.segment)
    on conflict (recording_id, segment) do update set bytes = excluded.bytes, retired_at = now(),
      remove_at = excluded.remove_at, removed_at = null
    returning segment`)
  return rows.map((row) => row.segment)
}
