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

/** Every chunk whose bytes are not known to be damaged, by take and seq. @param after where to begin: behind this one */
export async function* readChunkPlaces(
  db: Db,
  recordingId: string,
  after: Pick<ChunkPlace, 'take' | 'seq'> = { take: -1, seq: -1 },
): AsyncGenerator<ChunkPlace, void, undefined> {
  let { take, seq } = after
  for (;;) {
    const rows = await db.execute<Row>(sql`
      select take, seq, sha256, bytes, segment, "offset" from chunks
      where recording_id = ${recordingId} and (take, seq) > (${take}::int, ${seq}::bigint)
        and damaged_at is null
      order by take, seq limit ${ROWS_PER_PAGE}`)
    for (const row of rows) yield toPlace(row)
    const last = rows.at(-1)
    if (!last || rows.length < ROWS_PER_PAGE) return
    take = last.take
    seq = Number(last.seq)
  }
}

/** The chunks that are marked as damaged, where they lay then; `limit` bounds what is held in memory. */
export async function readDamagedPlaces(
  db: Db,
  recordingId: string,
  limit: number,
): Promise<ChunkPlace[]> {
  const rows = await db.execute<Row>(sql`
    select take, seq, sha256, bytes, segment, "offset" from chunks
    where recording_id = ${recordingId} and damaged_at is not null
    order by take, seq limit ${limit}`)
  return rows.map(toPlace)
}

const toPlace = (row: Row): ChunkPlace => {
  return { ...row, seq: Number(row.seq), offset: Number(row.offset) }
}

/** The segments that rows point into, and where the last of those chunks ends in each. */
export async function readSegmentsInUse(db: Db, recordingId: string): Promise<Map<string, number>> {
  const rows = await db.execute<{ segment: string; end: string }>(sql`
    select segment, max("offset" + bytes) as end from chunks
    where recording_id = ${recordingId} group by segment`)
  return new Map(rows.map((row) => [row.segment, Number(row.end)]))
}

export type ChunkName = Pick<ChunkPlace, 'take' | 'seq' | 'sha256'>

/** Those of them that no row holds, under whatever number: places in `names`, in order. Empty ones are all alike. */
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
      where c.recording_id = ${recordingId} and c.sha256 = decode(m.sha256, 'hex')
        and c.damaged_at is null and (c.bytes > 0 or (c.take = m.take and c.seq = m.seq)))
    order by m.n`)
  return rows.map((row) => row.n)
}

/** Those of them whose rows still hold these bytes and are not marked as damaged, with where they lie now. */
export async function readPlacesOf(
  db: Db,
  recordingId: string,
  names: readonly ChunkName[],
): Promise<ChunkPlace[]> {
  if (names.length === 0) return []
  const asked = names.map(({ take, seq, sha256 }) => ({ take, seq, sha256: toHex(sha256) }))
  const rows = await db.execute<Row>(sql`
    select c.take, c.seq, c.sha256, c.bytes, c.segment, c."offset"
    from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
      as m(take int, seq bigint, sha256 text)
    join chunks c on c.recording_id = ${recordingId} and c.take = m.take and c.seq = m.seq
    where c.sha256 = decode(m.sha256, 'hex') and c.damaged_at is null
    order by c.take, c.seq`)
  return rows.map(toPlace)
}

/** Chunks of the same bytes that one question answers: empty ones may be many. */
const SAME_BYTES = 16

/** Where these bytes lie now, under whatever numbers; empty when no row holds them that is not known to be damaged. */
export async function findPlaces(
  db: Db,
  recordingId: string,
  sha256: Uint8Array,
): Promise<ChunkPlace[]> {
  const rows = await db.execute<Row>(sql`
    select take, seq, sha256, bytes, segment, "offset" from chunks
    where recording_id = ${recordingId} and sha256 = decode(${toHex(sha256)}, 'hex')
      and damaged_at is null
    order by take, seq limit ${SAME_BYTES}`)
  return rows.map(toPlace)
}
