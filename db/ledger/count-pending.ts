// How many recordings have a result to be made, due or not: what the sweeper's index holds.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export async function countPending(db: Db): Promise<number> {
  const [row] = await db.execute<{ pending: number }>(sql`
    select count(*)::int as pending from recordings
    where generation <> finalized_generation and deleted_at is null`)
  return row?.pending ?? 0
}
