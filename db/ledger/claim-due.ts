// Takes the lease of recordings that are due. Any number of instances may sweep at once: rows that another
// one holds are skipped, and the epoch fences whoever was too slow (I3).
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { publishEvents } from './publish-event.ts'

export type Timing = {
  graceMs: number
  leaseMs: number
  /** Silence of all instances that counts as an outage of ours. */
  gapMs: number
}

export type Claim = { id: string; epoch: number; generation: number; version: number }

const ms = (value: number): SQL => sql`${value} * interval '1 ms'`

/** Stopped and complete: at once. Stopped with holes: grace after the last CHUNK. Else: grace after the last sign of life. */
export function isDue(timing: Timing, by: SQL = sql`now()`): SQL {
  const grace = ms(timing.graceMs)
  const known = (at: SQL) => notToCome(at, timing)
  const lastChunkAt = known(sql`coalesce(r.last_chunk_at, r.created_at)`)
  return sql`(
    (r.finished_at is not null and (r.complete
      or greatest(${lastChunkAt}, ${known(sql`r.finished_at`)}, u.up_since) + ${grace} < ${by}))
    or (r.finished_at is null and greatest(${known(sql`r.last_seen_at`)}, u.up_since) + ${grace} < ${by}))`
}

/** Since when it is due, where it is; null while no clock tells. */
export function dueSince(timing: Timing): SQL {
  const grace = ms(timing.graceMs)
  const known = (at: SQL) => notToCome(at, timing)
  const stopped = sql`${known(sql`coalesce(r.last_chunk_at, r.created_at)`)}, ${known(sql`r.finished_at`)}`
  return sql`(case
    when r.finished_at is null then greatest(${known(sql`r.last_seen_at`)}, u.up_since) + ${grace}
    when r.complete then greatest(${stopped})
    else greatest(${stopped}, u.up_since) + ${grace} end)`
}

/**
 * Due already when an instance was last there to hear: what fell silent since may only have found nobody (I5). For those
 * who look at a ledger while no server runs.
 */
export const wasDue = (timing: Timing): SQL => isDue(timing, sql`least(now(), u.last_beat_at)`)

/**
 * null for a time that is still to come: the database's clock was set back since, and when that was only `up_since` tells
 * (I6: nobody may be waited for an hour). By less than a gap it stands, so that whoever was just heard is alive.
 */
function notToCome(at: SQL, { gapMs }: Timing): SQL {
  return sql`case when ${at} <= now() + ${ms(gapMs)} then ${at} end`
}

/**
 * False while our own heartbeat is stale, or lies in a time to come: then nobody's silence can be judged (I5) before the
 * next one has noticed.
 */
export function isJudging({ gapMs }: Timing): SQL {
  return sql`u.last_beat_at between now() - ${ms(gapMs)} and now() + ${ms(gapMs)}`
}

/** Nobody holds it: a lease that ends later than any that is given now is from before the clock was set back. */
export function isFree({ leaseMs, gapMs }: Timing): SQL {
  return sql`(r.lease_until is null
    or r.lease_until not between now() and now() + ${ms(leaseMs)} + ${ms(gapMs)})`
}

export async function claimDue(db: Db, timing: Timing, limit: number): Promise<Claim[]> {
  return await claim(
    db,
    timing,
    sql`
    r.generation <> r.finalized_generation and r.deleted_at is null
    and ${isFree(timing)}
    and (r.next_attempt_at is null or r.next_attempt_at <= now())
    and ${isJudging(timing)} and ${isDue(timing)}
    order by r.last_seen_at limit ${limit}
    for update of r skip locked`,
  )
}

/**
 * Claims one recording whether due or not: the admin's "finalize now". Null only when a lease is held, or it is gone: whoever
 * has the row locked at that moment may be writing a sign of life, which finalizes nothing, so it is waited for.
 */
export async function claimOne(db: Db, timing: Timing, id: string): Promise<Claim | null> {
  const [claimed] = await claim(
    db,
    timing,
    sql`
    r.id = ${id} and r.deleted_at is null and ${isFree(timing)}
    for update of r`,
  )
  return claimed ?? null
}

type ClaimedRow = { id: string; epoch: string; generation: string; version: number; reason: null }

/**
 * A claimed recording counts as pending whatever it was, so that a dead finalizer's claim is taken over.
 * As an array the inner query runs once: joined, a plan may run it again and again, and past its limit.
 */
async function claim(db: Db, timing: Timing, where: SQL): Promise<Claim[]> {
  return await db.transaction(async (tx) => {
    const rows = await tx.execute<ClaimedRow>(sql`
      update recordings set status = 'finalizing', lease_epoch = lease_epoch + 1,
        finalized_generation = least(finalized_generation, generation - 1),
        lease_until = now() + ${ms(timing.leaseMs)}, attempts = attempts + 1
      where id = any(array(
        select r.id from recordings r cross join uptime u where ${where}))
      returning id, lease_epoch as epoch, generation, version, reason`)
    const events = rows.map(({ id, version, reason }) => {
      return { type: 'status' as const, id, status: 'finalizing' as const, version, reason }
    })
    await publishEvents(tx, events)
    return rows.map((row) => ({
      id: row.id,
      epoch: Number(row.epoch),
      generation: Number(row.generation),
      version: row.version,
    }))
  })
}
