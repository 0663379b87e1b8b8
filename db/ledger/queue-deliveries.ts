// Which events are told to whom outside: decided in the transaction that publishes them, so that none is told that did not
// happen, and none forgotten.
import type { HoldfastEvent } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

type Published = { id: number; type: HoldfastEvent['type'] }

/** How a job goes on is for those who look on. */
const TOLD: ReadonlySet<HoldfastEvent['type']> = new Set(['status', 'ready', 'failed', 'deleted'])

/** Whether such an event can have queued anything. */
export const isTold = (type: HoldfastEvent['type']): boolean => TOLD.has(type)

/** A webhook hears all that is told; an e-mail is for what a person may have to know. */
export async function queueDeliveries(tx: Db, published: readonly Published[]): Promise<void> {
  const told = published.filter(({ type }) => isTold(type)).map(({ id }) => id)
  if (told.length === 0) return
  await tx.execute(sql`
    insert into deliveries (event_id, recording_id, channel, target)
    select e.id, e.recording_id, c.channel, r.notify ->> c.channel
    from events e
      join recordings r on r.id = e.recording_id
      cross join (values ('webhook'), ('email')) c (channel)
    where e.id in ${told} and r.notify ->> c.channel is not null
      and (c.channel = 'webhook' or e.type in ('ready', 'failed'))
    on conflict do nothing`)
}

/** Once more from the beginning, under the same message id. False: there is none that has ended. */
export async function replayDelivery(db: Db, id: number): Promise<boolean> {
  const rows = await db.execute(sql`
    update deliveries set status = 'waiting', attempts = 0, run_at = now(), done_at = null,
      lease_epoch = lease_epoch + 1, lease_until = null
    where id = ${id} and done_at is not null
    returning 1`)
  return rows.length > 0
}

/** With its recording; only the news of the deletion itself still goes out. */
export async function forgetDeliveries(tx: Db, recordingId: string): Promise<void> {
  await tx.execute(sql`
    delete from deliveries d where d.recording_id = ${recordingId}
      and (d.done_at is not null
        or not exists (select 1 from events e where e.id = d.event_id and e.type = 'deleted'))`)
}

/** Deliveries that ended so long ago. @returns how many are gone */
export async function dropOldDeliveries(db: Db, days: number, limit: number): Promise<number> {
  const rows = await db.execute(sql`
    delete from deliveries where id in (
      select id from deliveries where done_at < now() - ${days} * interval '1 day' limit ${limit})
    returning 1`)
  return rows.length
}
