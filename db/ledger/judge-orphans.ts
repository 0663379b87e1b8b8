// What would become of chunks that lie in the store without a row, if they were offered now.
import { toHex } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { ChunkName } from './read-chunk-places.ts'

export type OrphanVerdict =
  /** Nothing is stored under its number, or a damaged copy of the same bytes. */
  | 'wanted'
  /** As wanted, but nobody announced its take. */
  | 'take_unknown'
  /** Other bytes have its number, and nobody kept this as evidence. */
  | 'conflict'
  /**
   * The ledger knows it: as a chunk, or as a conflicting copy. Also under another number: then a bit of the number has flipped
   * where it lies, or its recorder gave it another one, and the recording would hold the same seconds twice.
   */
  | 'known'

/** One verdict for each name, in order. */
export async function judgeOrphans(
  db: Db,
  recordingId: string,
  names: readonly ChunkName[],
): Promise<OrphanVerdict[]> {
  const asked = names.map(({ take, seq, sha256 }, n) => ({ n, take, seq, sha256: toHex(sha256) }))
  const rows = await db.execute<{ verdict: OrphanVerdict }>(sql`
    select case
        when exists (select 1 from chunks d where d.recording_id = ${recordingId}
          and d.sha256 = m.digest and d.bytes > 0 and d.damaged_at is null
          and (d.take, d.seq) <> (m.take, m.seq)) then 'known'
        when t.take is null then 'take_unknown'
        when c.seq is null then 'wanted'
        when c.sha256 = m.digest then case when c.damaged_at is null then 'known' else 'wanted' end
        when k.take is not null then 'known'
        else 'conflict' end as verdict
    from (select n, take, seq, decode(sha256, 'hex') as digest
      from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
        as g(n int, take int, seq bigint, sha256 text)) m
    left join takes t on t.recording_id = ${recordingId} and t.take = m.take
    left join chunks c on c.recording_id = ${recordingId} and c.take = m.take and c.seq = m.seq
    left join conflicts k on k.recording_id = ${recordingId} and k.take = m.take and k.seq = m.seq
      and k.sha256 = m.digest
    order by m.n`)
  return rows.map(({ verdict }) => verdict)
}
