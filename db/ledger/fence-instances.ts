// Which server processes are alive, and the fence around those that are not: once `stopped_at` is set an incarnation commits
// nothing more that could be lost, and its segments may be reconciled (R10). Fencing a living one costs it a restart.
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

export type KnownInstance = {
  incarnation: string
  /** `silent`: without a heartbeat for too long, and not fenced yet. */
  state: 'alive' | 'silent' | 'ended'
  heartbeatAt: Date
  /** Its segments were looked through after its end. */
  isReconciled: boolean
}

type Row = {
  incarnation: string
  is_ended: boolean
  is_silent: boolean
  heartbeat_at: string
  is_reconciled: boolean
}

/** Silence that began while the database was down, or nobody beat, is nobody's fault. */
const isSilent = (deadAfterMs: number): SQL => sql`
  greatest(i.heartbeat_at, u.up_since, pg_postmaster_start_time())
    < now() - ${deadAfterMs} * interval '1 ms'`

/** @param deadAfterMs 0 = nobody else can be alive: the database is ours alone */
export async function readInstances(db: Db, deadAfterMs: number): Promise<KnownInstance[]> {
  const rows = await db.execute<Row>(sql`
    select i.incarnation, i.heartbeat_at, i.stopped_at is not null as is_ended,
      (${deadAfterMs} = 0 or ${isSilent(deadAfterMs)}) as is_silent,
      i.reconciled_at is not null as is_reconciled
    from instances i cross join uptime u order by i.started_at`)
  return rows.map((row) => ({
    incarnation: row.incarnation,
    state: row.is_ended ? 'ended' : row.is_silent ? 'silent' : 'alive',
    heartbeatAt: new Date(row.heartbeat_at),
    isReconciled: row.is_reconciled,
  }))
}

/** False when it is alive after all, or was fenced by another. */
export async function fenceInstance(
  db: Db,
  incarnation: string,
  deadAfterMs: number,
): Promise<boolean> {
  const rows = await db.execute(sql`
    update instances i set stopped_at = now() from uptime u
    where i.incarnation = ${incarnation} and i.stopped_at is null
      and (${deadAfterMs} = 0 or ${isSilent(deadAfterMs)})
    returning 1`)
  return rows.length > 0
}

/** Makes this process known before it writes its first segment; its heartbeat follows. */
export async function enterInstance(db: Db, incarnation: string, version: string): Promise<void> {
  await db.execute(sql`
    insert into instances (incarnation, version) values (${incarnation}, ${version})
    on conflict do nothing`)
}

/** Only for a database that no other process can use: whoever was there before is gone. */
export async function fenceOthers(db: Db, incarnation: string): Promise<void> {
  await db.execute(sql`
    update instances set stopped_at = now()
    where stopped_at is null and incarnation <> ${incarnation}`)
}

export async function markReconciled(db: Db, incarnations: readonly string[]): Promise<void> {
  await db.execute(sql`
    update instances set reconciled_at = now() where stopped_at is not null and incarnation in (
      select * from jsonb_array_elements_text(${JSON.stringify(incarnations)}::text::jsonb))`)
}
