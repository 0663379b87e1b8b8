// How an attempt at a delivery ends: one fenced update that also writes its log. False: the lease was lost meanwhile.
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { DeliveryAttempt } from '../delivery-tables.ts'
import type { DeliveryClaim } from './claim-deliveries.ts'

/** Enough to see what happens, few enough to keep for ever. */
const LOGGED_ATTEMPTS = 20

export type DeliveryEnd =
  | { status: 'delivered' | 'failed' }
  | { status: 'skipped' }
  /** Tried again after so long. */
  | { status: 'waiting'; retryMs: number }

export async function settleDelivery(
  db: Db,
  claim: Pick<DeliveryClaim, 'id' | 'epoch'>,
  end: DeliveryEnd & { attempt?: DeliveryAttempt },
): Promise<boolean> {
  const rows = await db.execute(sql`
    update deliveries set status = ${end.status}, lease_until = null, ${whenNext(end)}
      ${end.attempt ? sql`, log = ${logged(end.attempt)}` : sql``}
    where id = ${claim.id} and lease_epoch = ${claim.epoch} and status = 'sending'
    returning 1`)
  return rows.length > 0
}

/** Hands it back at once: this server stops. The attempt does not count. */
export async function releaseDelivery(db: Db, claim: DeliveryClaim): Promise<void> {
  await db.execute(sql`
    update deliveries set status = 'waiting', lease_until = null, attempts = attempts - 1
    where id = ${claim.id} and lease_epoch = ${claim.epoch} and status = 'sending'`)
}

function whenNext(end: DeliveryEnd): SQL {
  if (end.status !== 'waiting') return sql`done_at = now()`
  return sql`run_at = now() + ${end.retryMs} * interval '1 ms'`
}

function logged(attempt: DeliveryAttempt): SQL {
  const whole = sql`log || ${JSON.stringify([attempt])}::text::jsonb`
  return sql`(select coalesce(jsonb_agg(one order by place), '[]') from (
    select one, place from jsonb_array_elements(${whole}) with ordinality t (one, place)
    order by place desc limit ${LOGGED_ATTEMPTS}) newest)`
}
