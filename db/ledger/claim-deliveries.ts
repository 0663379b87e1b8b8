// Takes the lease of deliveries that are due, as jobs are taken, with all that is told in them.
import type { HoldfastEvent, Reason } from '@holdfast/protocol'
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { CHANNELS } from '../delivery-tables.ts'

export type DeliveryClaim = {
  id: number
  epoch: number
  messageId: string
  channel: (typeof CHANNELS)[number]
  target: string
  /** Which attempt this is, from 1. One that a dead worker began counts. */
  attempt: number
  event: HoldfastEvent
  eventAt: Date
  title: string | null
  /** Why the version that a `ready` names was made. */
  reason: Reason | null
  /** The same version was told before. */
  isRepeated: boolean
}

type Row = {
  id: string
  epoch: string
  message_id: string
  channel: DeliveryClaim['channel']
  target: string
  attempt: number
  event: HoldfastEvent
  event_at: string
  title: string | null
  reason: Reason | null
  is_repeated: boolean
}

type ClaimQuery = { leaseMs: number; limit: number }

export async function claimDeliveries(
  db: Db,
  { leaseMs, limit }: ClaimQuery,
): Promise<DeliveryClaim[]> {
  if (limit <= 0) return []
  const rows = await db.execute<Row>(sql`
    with claimed as (
      update deliveries set status = 'sending', lease_epoch = lease_epoch + 1,
        lease_until = now() + ${leaseMs} * interval '1 ms', attempts = attempts + 1
      where id = any(array(
        select id from deliveries
        where done_at is null and run_at <= now() and (lease_until is null or lease_until < now())
        order by run_at limit ${limit}
        for update skip locked))
      returning *)
    select d.id, d.lease_epoch as epoch, d.message_id, d.channel, d.target, d.attempts as attempt,
      e.data as event, e.at as event_at, r.title, v.reason,
      e.type = 'ready' and exists (select 1 from events p where p.recording_id = e.recording_id
        and p.type = 'ready' and p.id < e.id and p.data ->> 'version' = e.data ->> 'version')
        as is_repeated
    from claimed d
      join events e on e.id = d.event_id
      join recordings r on r.id = d.recording_id
      left join versions v on v.recording_id = d.recording_id
        and e.type = 'ready' and v.version = (e.data ->> 'version')::int
    order by d.id`)
  return rows.map(toClaim)
}

function toClaim(row: Row): DeliveryClaim {
  const { id, epoch, message_id, event_at, is_repeated, ...rest } = row
  return {
    ...rest,
    id: Number(id),
    epoch: Number(epoch),
    messageId: message_id,
    eventAt: new Date(event_at),
    isRepeated: is_repeated,
  }
}
