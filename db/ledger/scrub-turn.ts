// Whose turn it is to read everything again, and how far that has come: one row in `jobs`, leased and fenced like every
// other work, so that all instances together read at one pace and a pass goes on where a dead one left it.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

const SCRUB = 'scrub'

/** Up to where a pass has read: recordings by id, chunks by take and seq. null = at its beginning. */
export type ScrubPosition = { recordingId: string; take: number; seq: number } | null

export type ScrubTurn = { epoch: number; position: ScrubPosition }

type Row = { epoch: string; data: { position?: ScrubPosition } }

/** null while another instance has the turn, or the next pass is not due yet. */
export async function claimScrub(db: Db, leaseMs: number): Promise<ScrubTurn | null> {
  await db.execute(sql`
    insert into jobs (kind, key) values (${SCRUB}, ${SCRUB}) on conflict (kind, key) do nothing`)
  const [row] = await db.execute<Row>(sql`
    update jobs set lease_epoch = lease_epoch + 1, lease_until = now() + ${leaseMs} * interval '1 ms'
    where kind = ${SCRUB} and run_at <= now() and (lease_until is null or lease_until < now())
    returning lease_epoch as epoch, data`)
  return row ? { epoch: Number(row.epoch), position: row.data.position ?? null } : null
}

type Step = { position: ScrubPosition; leaseMs: number }

/** Writes down how far it has come and keeps the turn, or with `leaseMs` 0 gives it back. False when it is lost. */
export async function keepScrub(
  db: Db,
  { epoch }: ScrubTurn,
  { position, leaseMs }: Step,
): Promise<boolean> {
  const data = JSON.stringify({ position })
  const rows = await db.execute(sql`
    update jobs set lease_until = now() + ${leaseMs} * interval '1 ms', data = ${data}::text::jsonb
    where kind = ${SCRUB} and lease_epoch = ${epoch}
    returning 1`)
  return rows.length > 0
}

/** Everything was read; the next pass begins after `restMs`. */
export async function endScrub(db: Db, { epoch }: ScrubTurn, restMs: number): Promise<void> {
  await db.execute(sql`
    update jobs set lease_until = null, data = '{}', run_at = now() + ${restMs} * interval '1 ms'
    where kind = ${SCRUB} and lease_epoch = ${epoch}`)
}

/** The first recording behind this one that may have bytes; null behind the last. */
export async function nextToScrub(db: Db, after: string | null): Promise<string | null> {
  const [row] = await db.execute<{ id: string }>(sql`
    select id from recordings
    where deleted_at is null and last_chunk_at is not null
      and (${after}::uuid is null or id > ${after}::uuid)
    order by id limit 1`)
  return row?.id ?? null
}
