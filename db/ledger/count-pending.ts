// How many recordings have a result to be made, due or not: what the sweeper's index holds. And for how long one that is due
// has waited for somebody to make it.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { dueSince, isDue, isFree, type Timing } from './claim-due.ts'

export async function countPending(db: Db): Promise<number> {
  const [row] = await db.execute<{ pending: number }>(sql`
    select count(*)::int as pending from recordings
    where generation <> finalized_generation and deleted_at is null`)
  return row?.pending ?? 0
}

/**
 * Seconds that the longest waiting recording has been due and nobody has taken it; 0 when none waits. What failed waits for
 * its next attempt, which is told by other numbers.
 */
export async function readFinalizeLag(db: Db, timing: Timing): Promise<number> {
  const [row] = await db.execute<{ lag: number | null }>(sql`
    select extract(epoch from max(now() - ${dueSince(timing)}))::float8 as lag
    from recordings r cross join uptime u
    where r.generation <> r.finalized_generation and r.deleted_at is null
      and ${isFree(timing)} and (r.next_attempt_at is null or r.next_attempt_at <= now())
      and ${isDue(timing)}`)
  return Math.max(0, row?.lag ?? 0)
}
