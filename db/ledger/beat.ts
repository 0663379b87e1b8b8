// The instances' heartbeat and the memory of our own outages (I5). Grace counts from
// max(last sign of life, end of the last gap in which no instance's heartbeat was committed).
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

/**
 * One statement: an instance that freezes between two would hold the row, and so every other instance's heartbeat, until
 * the database gives its transaction up.
 * @param gapMs silence of all instances that counts as an outage. A heartbeat that lies as far in a time to come counts
 * as one too: the database's clock was set back, and nobody knows how old anything is. So does an outage that ended in a
 * time to come: nobody may be waited for until then.
 * @returns false when this incarnation has been fenced: it was taken for dead, and must not go on under its name
 */
export async function beat(db: Db, incarnation: string, gapMs: number): Promise<boolean> {
  const gap = sql`${gapMs} * interval '1 ms'`
  const rows = await db.execute(sql`
    with beaten as (
      update uptime set
        up_since = case when last_beat_at between now() - ${gap} and now() + ${gap}
            and up_since <= now() + ${gap}
          then up_since else now() end,
        last_beat_at = now()
      where id = 1)
    insert into instances (incarnation) values (${incarnation})
    on conflict (incarnation) do update set heartbeat_at = now() where instances.stopped_at is null
    returning 1`)
  return rows.length > 0
}

/**
 * Counts this incarnation's start as the end of an outage, however short, unless an older instance has beaten
 * since. To be called once it is older than a gap: by then the others have. Nothing when the clock was set back behind it.
 */
export async function countLoneStart(db: Db, incarnation: string): Promise<void> {
  await db.execute(sql`
    update uptime set up_since = greatest(up_since, me.started_at)
    from instances me
    where me.incarnation = ${incarnation} and me.started_at <= now() and not exists (
      select 1 from instances older
      where older.started_at < me.started_at and older.heartbeat_at > me.started_at)`)
}

/** Marks a clean stop, so that others need not wait for the heartbeat to grow old. */
export async function endIncarnation(db: Db, incarnation: string): Promise<void> {
  await db.execute(sql`
    update instances set stopped_at = now() where incarnation = ${incarnation}`)
}
