// What a receipt tells of a recording: its row, its takes with what was declared of them, its newest version, each chunk as
// it came, and what was refused. Chunks are read in pages and pinned to a generation: a receipt may be half a million
// lines long, and whoever reads it slowly must hold no transaction.
import { and, asc, desc, eq, lte, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { chunks, conflicts, recordings, versions } from '../schema.ts'
import { atOneMoment } from '../snapshot.ts'

export type ReceiptRow = typeof recordings.$inferSelect

export type ReceiptTake = {
  take: number
  /** null = only its total was declared. */
  mimeType: string | null
  startedAt: Date | null
  init: Uint8Array | null
  /** By the FINISH that stands. */
  declared: number | null
}

export type ReceiptVersion = typeof versions.$inferSelect

export type ReceiptState = {
  row: ReceiptRow
  takes: ReceiptTake[]
  version: ReceiptVersion | null
  refused: RefusedChunk[]
}

export type ReceiptChunk = Pick<
  typeof chunks.$inferSelect,
  'take' | 'seq' | 'bytes' | 'sha256' | 'receivedAt' | 'transport' | 'damagedAt'
>

/** Other bytes that were offered under a number that was taken. */
export type RefusedChunk = Pick<
  typeof conflicts.$inferSelect,
  'take' | 'seq' | 'bytes' | 'sha256' | 'at'
>

/** All but the chunks, as of one moment; null when there is no such recording. */
export async function readReceiptState(db: Db, id: string): Promise<ReceiptState | null> {
  return await atOneMoment(db, async (tx) => {
    const [row] = await tx.select().from(recordings).where(eq(recordings.id, id))
    if (!row) return null
    const [version] = await tx
      .select()
      .from(versions)
      .where(eq(versions.recordingId, id))
      .orderBy(desc(versions.version))
      .limit(1)
    const takes = await readTakes(tx, id)
    return { row, takes, version: version ?? null, refused: await readRefused(tx, id) }
  })
}

type TakeRow = {
  take: number
  mime_type: string | null
  started_at: string | null
  init: Uint8Array | null
  declared: string | null
}

async function readTakes(tx: Db, id: string): Promise<ReceiptTake[]> {
  const rows = await tx.execute<TakeRow>(sql`
    select coalesce(t.take, d.take) as take, t.mime_type, t.started_at, t.init, d.declared
    from (select * from takes where recording_id = ${id}) t
    full join (select * from totals where recording_id = ${id}) d on d.take = t.take
    order by 1`)
  return rows.map(({ take, mime_type, started_at, init, declared }) => ({
    ...{ take, init },
    mimeType: mime_type,
    startedAt: started_at === null ? null : new Date(started_at),
    declared: declared === null ? null : Number(declared),
  }))
}

/** Bounded: no more than `LIMITS.maxConflictDigests` of a recording are kept. */
async function readRefused(tx: Db, id: string): Promise<RefusedChunk[]> {
  const { take, seq, bytes, sha256, at } = conflicts
  return await tx
    .select({ take, seq, bytes, sha256, at })
    .from(conflicts)
    .where(eq(conflicts.recordingId, id))
    .orderBy(asc(take), asc(seq), asc(sha256))
}

/** Small: between two pages others get their turn. */
const ROWS_PER_PAGE = 500

/** The chunks that were stored up to the generation, by take and seq; those found damaged too. */
export async function* readReceiptChunks(
  db: Db,
  { recordingId, generation }: { recordingId: string; generation: number },
): AsyncGenerator<ReceiptChunk, void, undefined> {
  let [afterTake, afterSeq] = [-1, -1]
  for (;;) {
    const { take, seq, bytes, sha256, receivedAt, transport, damagedAt } = chunks
    const page = await db
      .select({ take, seq, bytes, sha256, receivedAt, transport, damagedAt })
      .from(chunks)
      .where(
        and(
          eq(chunks.recordingId, recordingId),
          lte(chunks.generation, generation),
          sql`(${take}, ${seq}) > (${afterTake}::int, ${afterSeq}::bigint)`,
        ),
      )
      .orderBy(asc(take), asc(seq))
      .limit(ROWS_PER_PAGE)
    yield* page
    const last = page.at(-1)
    if (!last || page.length < ROWS_PER_PAGE) return
    ;[afterTake, afterSeq] = [last.take, last.seq]
  }
}
