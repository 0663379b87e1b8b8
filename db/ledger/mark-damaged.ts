// Stored bytes that were found not to match: their chunk counts as missing from here on (protocol §2 rule 2). What was
// computed with it is void: the recording's generation rises, so that it is finalized again, with a gap or a new copy.
import { LIMITS, type SeqRange, toHex, toRanges } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { isComplete } from './is-complete.ts'
import { type LockedRecording, lockRecording } from './lock-recording.ts'
import { publishEvents } from './publish-event.ts'
import type { ChunkPlace } from './read-chunk-places.ts'

type Marked = { take: number; seq: number; bytes: number }

/**
 * Marks those of them whose rows still say what was read: the same bytes, at the same place. Resolves with them. Their
 * recorders are told, and may send them again.
 */
export async function markDamaged(
  db: Db,
  recordingId: string,
  found: readonly ChunkPlace[],
): Promise<Marked[]> {
  if (found.length === 0) return []
  return await db.transaction(async (tx) => {
    const row = await lockRecording(tx, recordingId)
    if (!row || row.deletedAt) return []
    const generation = row.generation + 1
    const marked = await mark(tx, { recordingId, found, generation })
    if (marked.length === 0) return []
    await voidIndexes(tx, recordingId, marked)
    await uncount(tx, row, { marked, generation })
    await publishEvents(tx, [missingEvent(recordingId, marked)])
    return marked
  })
}

/** Whether a past state holds a chunk that is damaged now: then it cannot be served as it was. */
export async function holdsDamage(
  db: Db,
  recordingId: string,
  generation: number,
): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from chunks where recording_id = ${recordingId} and damaged_at is not null
      and generation <= ${generation} and absent @> ${generation}::bigint is not true
    limit 1`)
  return rows.length > 0
}

type Found = { recordingId: string; found: readonly ChunkPlace[]; generation: number }

async function mark(tx: Db, { recordingId, found, generation }: Found): Promise<Marked[]> {
  const places = found.map(({ take, seq, sha256, segment, offset }) => {
    return { take, seq, sha256: toHex(sha256), segment, offset }
  })
  const rows = await tx.execute<{ take: number; seq: string; bytes: number }>(sql`
    update chunks c set damaged_at = now(),
      absent = coalesce(c.absent, '{}') + int8multirange(int8range(${generation}::bigint, null))
    from jsonb_to_recordset(${JSON.stringify(places)}::text::jsonb)
      as m(take int, seq bigint, sha256 text, segment text, "offset" bigint)
    where c.recording_id = ${recordingId} and c.take = m.take and c.seq = m.seq
      and c.sha256 = decode(m.sha256, 'hex') and c.segment = m.segment and c."offset" = m."offset"
      and c.damaged_at is null
    returning c.take, c.seq, c.bytes`)
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }))
}

/** What lies behind the first hole of a take was indexed behind bytes that are not there any more. */
async function voidIndexes(tx: Db, recordingId: string, marked: readonly Marked[]): Promise<void> {
  await tx.execute(sql`
    update chunks c set index = null
    from (select take, min(seq) as seq
      from jsonb_to_recordset(${JSON.stringify(marked)}::text::jsonb) as m(take int, seq bigint)
      group by take) first
    where c.recording_id = ${recordingId} and c.take = first.take and c.seq >= first.seq
      and c.index is not null`)
}

/** Off the counters, as if they had never come; a lease on the old state is of no use any more. */
async function uncount(
  tx: Db,
  { id }: LockedRecording,
  { marked, generation }: { marked: readonly Marked[]; generation: number },
): Promise<void> {
  const lost = sql`jsonb_to_recordset(${JSON.stringify(marked)}::text::jsonb) as m(take int, bytes bigint)`
  await tx.execute(sql`
    update takes t set chunk_count = t.chunk_count - l.chunks, bytes = t.bytes - l.bytes
    from (select take, count(*) as chunks, sum(bytes) as bytes from ${lost} group by take) l
    where t.recording_id = ${id} and t.take = l.take`)
  const bytes = marked.reduce((sum, one) => sum + one.bytes, 0)
  await tx.execute(sql`
    update recordings set generation = ${generation}, chunk_count = chunk_count - ${marked.length},
      bytes = bytes - ${bytes}, complete = finished_at is not null and ${isComplete(id)},
      lease_until = null, next_attempt_at = null, attempts = 0
    where id = ${id}`)
}

/** Names what was lost now, not every hole: what is still on its way is none of this. */
function missingEvent(id: string, marked: readonly Marked[]) {
  const missing: Record<string, SeqRange[]> = {}
  let room: number = LIMITS.maxRanges
  for (const [take, lost] of Map.groupBy(marked, (one) => one.take)) {
    const ranges = toRanges(lost.map(({ seq }) => seq))
    if (room > 0) missing[take] = ranges.slice(0, room)
    room -= ranges.length
  }
  return { type: 'missing' as const, id, missing, ...(room < 0 ? { more: true as const } : {}) }
}
