// A few chunks of a take that follow each other: what comes next, or what came last. For viewers who follow a
// recording, so it reads a bounded number of rows, however long the take is.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type RunChunk = {
  seq: number
  sha256: Uint8Array
  bytes: number
  segment: string
  offset: number
  aligned: boolean
  index: Uint8Array | null
}

type Row = Omit<RunChunk, 'seq' | 'offset'> & { seq: string; offset: string }
type OfTake = { recordingId: string; take: number; limit: number }

const COLUMNS = sql.raw('seq, sha256, bytes, segment, "offset", aligned, index')

/** Up to `limit` chunks from `fromSeq` on, without a hole; empty when that one is not stored. */
export async function readNextChunks(
  db: Db,
  { recordingId, take, limit, fromSeq }: OfTake & { fromSeq: number },
): Promise<RunChunk[]> {
  const rows = await db.execute<Row>(sql`
    select ${COLUMNS} from chunks
    where recording_id = ${recordingId} and take = ${take} and damaged_at is null
      and seq >= ${fromSeq}::bigint
    order by seq limit ${limit}`)
  const chunks = [...rows].map(toChunk)
  const hole = chunks.findIndex(({ seq }, n) => seq !== fromSeq + n)
  return hole === -1 ? chunks : chunks.slice(0, hole)
}

/** Up to `limit` chunks up to the newest one, in order, of those without a hole behind them. */
export async function readLastChunks(
  db: Db,
  { recordingId, take, limit }: OfTake,
): Promise<RunChunk[]> {
  const rows = await db.execute<Row>(sql`
    select ${COLUMNS} from chunks
    where recording_id = ${recordingId} and take = ${take} and damaged_at is null
    order by seq desc limit ${limit}`)
  const chunks = [...rows].map(toChunk)
  const newest = chunks[0]?.seq ?? 0
  const hole = chunks.findIndex(({ seq }, n) => seq !== newest - n)
  return (hole === -1 ? chunks : chunks.slice(0, hole)).toReversed()
}

function toChunk({ seq, offset, ...row }: Row): RunChunk {
  const index = row.index && new Uint8Array(row.index)
  return { ...row, seq: Number(seq), offset: Number(offset), index }
}
