// Fills in the indexes of chunks. An index is a function of the take's bytes and of where its run begins: whoever
// computes it first writes it, and who read an older one replaces just that.
import { toHex } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type NewIndex = {
  seq: number
  index: Uint8Array
  /** What the row was read with; another one meanwhile stays. */
  replaces: Uint8Array | null
}

type IndexedTake = {
  recordingId: string
  take: number
  /** Whether the indexes were computed behind a separate init; it may have been filled in meanwhile. */
  hasInit: boolean
}

export async function writeIndexes(
  db: Db,
  { recordingId, take, hasInit }: IndexedTake,
  indexes: readonly NewIndex[],
): Promise<void> {
  if (indexes.length === 0) return
  const rows = indexes.map(({ seq, index, replaces }) => ({
    seq,
    index: toHex(index),
    replaces: replaces && toHex(replaces),
  }))
  await db.execute(sql`
    update chunks c set index = decode(g.index, 'hex')
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as g(seq bigint, index text, replaces text),
      takes t
    where c.recording_id = ${recordingId} and c.take = ${take} and c.seq = g.seq
      and c.index is not distinct from decode(g.replaces, 'hex')
      and t.recording_id = c.recording_id and t.take = c.take
      and (t.init is not null) = ${hasInit}`)
}
