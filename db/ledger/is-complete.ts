// Whether every take holds every chunk below its effective total. Counts suffice: numbers are unique and
// none lies at or past the effective total.
import { type SQL, sql } from 'drizzle-orm'

/** An SQL condition; `id` is the recording's id or a column that holds it. */
export function isComplete(id: SQL | string): SQL<boolean> {
  return sql<boolean>`not exists (
    select 1 from totals d left join takes t on t.recording_id = d.recording_id and t.take = d.take
    where d.recording_id = ${id}
      and coalesce(t.chunk_count, 0) < greatest(d.declared, coalesce(t.max_seq, -1) + 1))`
}

/** Sum of all effective totals, as an SQL value: it changes when the expected result does. */
export function effectiveTotal(id: string): SQL<string> {
  return sql<string>`(
    select coalesce(sum(greatest(coalesce(d.declared, 0), coalesce(t.max_seq, -1) + 1)), 0)
    from (select * from totals where recording_id = ${id}) d
    full join (select * from takes where recording_id = ${id}) t on t.take = d.take)`
}
