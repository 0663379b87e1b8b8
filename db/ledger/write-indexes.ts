// Fills in the indexes of chunks. An index is a function of the take's bytes alone: whoever computes it
// first writes it, and writing it again would write the same.
import { toHex } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type NewIndex = { seq: number; index: Uint8Array }

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
  const rows = indexes.map(({ seq, index }) => ({ seq, index: toHex(index) }))
  await db.execute(sql`
    update chunks c set index = decode(g.index, 'hex')
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as g(seq bigint, index text),
      takes t
    where c.recording_id = ${recordingId} and c.take = ${take} and c.seq = g.seq and c.index is null
      and t.recording_id = c.recording_id and t.take = c.take
      and (t.init is not null) = ${hasInit}`)
}
