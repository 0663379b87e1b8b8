// Which chunks are stored, as inclusive ranges per take: gaps and islands in the database, so that the
// answer's size follows the number of holes and never the number of chunks.

import type { SeqRange, TakeRanges } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

type Island = { take: number; from_seq: string; to_seq: string }

export type HaveRanges = Map<number, SeqRange[]>

/** As JSON objects have it: the key is the take's number in decimal. */
export function toTakeRanges(ranges: HaveRanges): TakeRanges {
  return Object.fromEntries(ranges)
}

/** @param limit ranges at most, over all takes; one more than that means the list was cut */
export async function readHave(db: Db, id: string, limit: number): Promise<HaveRanges> {
  const rows = await db.execute<Island>(sql`
    select take, min(seq) as from_seq, max(seq) as to_seq
    from (
      select take, seq, seq - row_number() over (partition by take order by seq) as island
      from chunks where recording_id = ${id} and damaged_at is null
    ) numbered
    group by take, island
    order by take, from_seq
    limit ${limit}`)
  const have: HaveRanges = new Map()
  for (const { take, from_seq, to_seq } of rows) {
    const ranges = have.get(take) ?? []
    ranges.push([Number(from_seq), Number(to_seq)])
    have.set(take, ranges)
  }
  return have
}
