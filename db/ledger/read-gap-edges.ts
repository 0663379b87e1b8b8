// The media times on both sides of holes, as the senders of the chunks beside them told.
import type { Gap } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

type Hole = Pick<Gap, 'take' | 'fromSeq' | 'toSeq'>
type Row = { take: number; from: string; to: string; from_ms: string | null; to_ms: string | null }

const orNull = (value: string | null): number | null => (value === null ? null : Number(value))

export async function readGapEdges(
  db: Db,
  recordingId: string,
  holes: readonly Hole[],
): Promise<Gap[]> {
  if (holes.length === 0) return []
  const rows = await db.execute<Row>(sql`
    select g.take, g."fromSeq" as from, g."toSeq" as to, b.end_ms as from_ms, a.cluster_ms as to_ms
    from jsonb_to_recordset(${JSON.stringify(holes)}::text::jsonb)
      as g(take int, "fromSeq" bigint, "toSeq" bigint)
    left join chunks b on b.recording_id = ${recordingId} and b.take = g.take
      and b.seq = g."fromSeq" - 1
    left join chunks a on a.recording_id = ${recordingId} and a.take = g.take
      and a.seq = g."toSeq" + 1
    order by g.take, g."fromSeq"`)
  return rows.map((row) => ({
    take: row.take,
    fromSeq: Number(row.from),
    toSeq: Number(row.to),
    // The beginning of a take is a time that everyone knows.
    fromMs: Number(row.from) === 0 ? 0 : orNull(row.from_ms),
    toMs: orNull(row.to_ms),
  }))
}
