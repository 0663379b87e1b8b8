// The chunks of one take as they stood at a generation, holes and all: rows are immutable, so any past state can be
// read again, but for what is damaged now (see `holdsDamage`).
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type TakeChunk = {
  seq: number
  sha256: Uint8Array
  bytes: number
  segment: string
  offset: number
  /** As its sender told. */
  aligned: boolean
  clusterMs: number | null
  /** null = not indexed yet. */
  index: Uint8Array | null
}

type Row = Omit<TakeChunk, 'seq' | 'offset' | 'clusterMs'> & {
  seq: string
  offset: string
  cluster_ms: string | null
}

/** The chunks in their order, of those that were stored up to the generation; null = up to now. */
export async function readTakeChunks(
  db: Db,
  of: { recordingId: string; take: number; generation: number | null },
): Promise<TakeChunk[]> {
  const { recordingId, take, generation } = of
  const rows = await db.execute<Row>(sql`
    select seq, sha256, bytes, segment, "offset", aligned, cluster_ms, index from chunks
    where recording_id = ${recordingId} and take = ${take} and damaged_at is null
      and (${generation}::bigint is null
        or generation <= ${generation} and absent @> ${generation}::bigint is not true)
    order by seq`)
  return rows.map(({ cluster_ms, ...row }) => ({
    ...row,
    seq: Number(row.seq),
    offset: Number(row.offset),
    clusterMs: cluster_ms === null ? null : Number(cluster_ms),
  }))
}

/** The takes of a recording of which anything was ever stored, with the heads of their containers. */
export type TakeHead = {
  take: number
  mimeType: string
  init: Uint8Array | null
  startedAt: Date
}

type HeadRow = {
  take: number
  mime_type: string
  init: Uint8Array | null
  started_at: string
}

export async function readTakeHeads(db: Db, recordingId: string): Promise<TakeHead[]> {
  const rows = await db.execute<HeadRow>(sql`
    select take, mime_type, init, started_at from takes
    where recording_id = ${recordingId} and max_seq >= 0 order by take`)
  return rows.map((row) => ({
    take: row.take,
    mimeType: row.mime_type,
    init: row.init,
    startedAt: new Date(row.started_at),
  }))
}
