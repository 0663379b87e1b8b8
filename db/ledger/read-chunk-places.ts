// Where the bytes of a recording's chunks lie, for whoever copies or checks them. Read in pages: a long recording has
// half a million rows.
import { toHex } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type ChunkPlace = {
  take: number
  seq: number
  sha256: Uint8Array
  bytes: number
  segment: string
  offset: number
}

type Row = Omit<ChunkPlace, 'seq' | 'offset'> & { seq: string; offset: string }

const ROWS_PER_PAGE = 2000

/** Every chunk whose bytes are not known to be damaged, by take and seq. */
export async function* readChunkPlaces(
  db: Db,
  recordingId: string,
): AsyncGenerator<ChunkPlace, void, undefined> {
  let [take, seq] = [-1, -1]
  for (;;) {
    const rows = await db.execute<Row>(sql`
      select take, seq, sha256, bytes, segment, "offset" from chunks
      where recording_id = ${recordingId} and (take, seq) > (${take}::int, ${seq}::bigint)
        and damaged_at is null
      order by take, seq limit ${ROWS_PER_PAGE}`)
    for (const row of rows) {
      yield { ...row, seq: Number(row.seq), offset: Number(row.offset) }
    }
    const last = rows.at(-1)
    if (!last || rows.length < ROWS_PER_PAGE) return
    take = last.take
    seq = Number(last.seq)
  }
}

/** The segments that rows point into, and where the last of those chunks ends in each. */
export async function readSegmentsInUse(db: Db, recordingId: string): Promise<Map<string, number>> {
  const rows = await db.execute<{ segment: string; end: string }>(sql`
    select segment, max("offset" + bytes) as end from chunks
    where recording_id = ${recordingId} group by segment`)
  return new Map(rows.map((row) => [row.segment, Number(row.end)]))
}

export type ChunkName = Pick<ChunkPlace, 'take' | 'seq' | 'sha256'>

/** Those of them that no row holds: places in `names`, in order. */
export async function findUnknownChunks(
  db: Db,
  recordingId: string,
  names: readonly ChunkName[],
): Promise<number[]> {
  const asked = names.map(({ take, seq, sha256 }, n) => ({ n, take, seq, sha256: toHex(sha256) }))
  const rows = await db.execute<{ n: number }>(sql`
    select m.n from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
      as m(n int, take int, seq bigint, sha256 text)
    where not exists (select 1 from chunks c
      where c.recording_id = ${recordingId} and c.take = m.take and c.seq = m.seq
        and c.sha256 = decode(m.sha256, 'hex') and c.damaged_at is null)
    order by m.n`)
  return rows.map((row) => row.n)
}

/** Where these bytes lie now; null when no row holds them. For readers whose list of places grew old. */
export async function findBytes(
  db: Db,
  recordingId: string,
  sha256: Uint8Array,
): Promise<Pick<ChunkPlace, 'segment' | 'offset'> | null> {
  const [row] = await db.execute<{ segment: string; offset: string }>(sql`
    select segment, "offset" from chunks
    where recording_id = ${recordingId} and sha256 = decode(${toHex(sha256)}, 'hex')
      and damaged_at is null
    limit 1`)
  return row ? { segment: row.segment, offset: Number(row.offset) } : null
}
