// What the ledger knows of a recording, for whoever compares it with what lies in the store.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type LedgerFacts = {
  state: 'live' | 'deleted' | 'purged'
  takes: Map<number, { mimeType: string; hasInit: boolean }>
  /** Keys of conflicting copies. */
  conflicts: Set<string>
}

type Row = {
  is_deleted: boolean
  is_purged: boolean
  takes: { take: number; mime_type: string; has_init: boolean }[] | null
  conflicts: string[] | null
}

/** null when there is no such recording. */
export async function readLedgerFacts(db: Db, id: string): Promise<LedgerFacts | null> {
  const [row] = await db.execute<Row>(sql`
    select r.deleted_at is not null as is_deleted, r.purged_at is not null as is_purged,
      (select jsonb_agg(jsonb_build_object('take', take, 'mime_type', mime_type,
        'has_init', init is not null)) from takes where recording_id = r.id) as takes,
      (select jsonb_agg(object) from conflicts where recording_id = r.id and object is not null)
        as conflicts
    from recordings r where r.id = ${id}`)
  if (!row) return null
  const takes = (row.takes ?? []).map(({ take, mime_type, has_init }) => {
    return [take, { mimeType: mime_type, hasInit: has_init }] as const
  })
  return {
    state: row.is_purged ? 'purged' : row.is_deleted ? 'deleted' : 'live',
    takes: new Map(takes),
    conflicts: new Set(row.conflicts ?? []),
  }
}
