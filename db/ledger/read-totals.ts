// The totals of the FINISH that stands, with the database's time: what a TOTALS record in a segment repeats.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type StandingTotals = {
  /** ISO 8601, the database's clock. */
  at: string
  takes: { take: number; chunks: number }[]
  reason: 'user' | 'pagehide' | 'error' | null
}

type Row = { at: string; take: number | null; declared: string; reason: StandingTotals['reason'] }

export async function readTotals(db: Db, id: string): Promise<StandingTotals> {
  const rows = await db.execute<Row>(sql`
    select clock_timestamp() as at, d.take, d.declared, r.finish_reason as reason
    from recordings r left join totals d on d.recording_id = r.id
    where r.id = ${id} order by d.take`)
  const [first] = rows
  const takes = rows.flatMap(({ take, declared }) => {
    return take === null ? [] : [{ take, chunks: Number(declared) }]
  })
  const at = new Date(first?.at ?? 0).toISOString()
  return { at, takes, reason: first?.reason ?? null }
}
