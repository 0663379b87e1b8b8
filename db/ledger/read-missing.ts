// The holes of every take below its effective total, found in the database so that the cost of the answer
// follows the number of holes (rule 11).
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { HaveRanges } from './read-have.ts'

type Hole = { take: number; from_seq: string; to_seq: string }

/** @param limit holes at most, over all takes */
export async function readMissing(db: Db, id: string, limit: number): Promise<HaveRanges> {
  const rows = await db.execute<Hole>(sql`
    with stored as (
      select take, seq, coalesce(lag(seq) over (partition by take order by seq), -1) as before
      from chunks where recording_id = ${id} and damaged_at is null
    ), ends as (
      select coalesce(t.take, d.take) as take,
        greatest(coalesce(d.declared, 0), coalesce(t.max_seq, -1) + 1) as total
      from (select * from takes where recording_id = ${id}) t
      full join (select * from totals where recording_id = ${id}) d on d.take = t.take
    )
    select take, before + 1 as from_seq, seq - 1 as to_seq from stored where seq > before + 1
    union all
    select e.take, coalesce(s.last, -1) + 1, e.total - 1 from ends e
      left join (select take, max(seq) as last from stored group by take) s on s.take = e.take
      where e.total > coalesce(s.last, -1) + 1
    order by take, from_seq limit ${limit}`)
  const missing: HaveRanges = new Map()
  for (const { take, from_seq, to_seq } of rows) {
    const ranges = missing.get(take) ?? []
    ranges.push([Number(from_seq), Number(to_seq)])
    missing.set(take, ranges)
  }
  return missing
}
