// What happens to a deleted recording after the time to undo it: any instance leases it, removes its bytes,
// then its rows. The recording's own row stays without its words, as audit and to answer late chunks.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { forgetCompaction } from './claim-compaction.ts'
import { forgetDeliveries } from './queue-deliveries.ts'

export type PurgeClaim = { id: string; epoch: number }

type ClaimedRow = { id: string; lease_epoch: string }

/** Leases recordings whose deletion can no longer be undone; a dead purger's come back after `leaseMs`. */
export async function claimPurges(
  db: Db,
  { undoMs, leaseMs, limit }: { undoMs: number; leaseMs: number; limit: number },
): Promise<PurgeClaim[]> {
  const rows = await db.execute<ClaimedRow>(sql`
    update recordings set lease_epoch = lease_epoch + 1,
      lease_until = now() + ${leaseMs} * interval '1 ms'
    where id in (
      select id from recordings
      where deleted_at is not null and purged_at is null
        and deleted_at <= now() - ${undoMs} * interval '1 ms'
        and (lease_until is null or lease_until < now())
      order by deleted_at limit ${limit}
      for update skip locked)
    returning id, lease_epoch`)
  return rows.map((row) => ({ id: row.id, epoch: Number(row.lease_epoch) }))
}

/** Bounds one statement: a long recording has half a million rows. */
const ROWS_PER_STATEMENT = 10_000

export type PurgedRows = {
  /** Rows of chunks that are gone now, also when the lease was lost on the way. */
  chunks: number
  /** False: the lease was lost, whoever has it goes on. */
  isDone: boolean
}

/** Removes the rows, the recording's own last. Call it when the bytes are gone. */
export async function purgeRows(db: Db, { id, epoch }: PurgeClaim): Promise<PurgedRows> {
  let chunks = 0
  for (;;) {
    const removed = await db.execute(sql`
      delete from chunks where ctid = any(array(
        select ctid from chunks where recording_id = ${id} limit ${ROWS_PER_STATEMENT}))
      returning 1`)
    chunks += removed.length
    if (removed.length < ROWS_PER_STATEMENT) break
  }
  return { chunks, isDone: await forget(db, { id, epoch }) }
}

async function forget(db: Db, { id, epoch }: PurgeClaim): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const marked = await tx.execute(sql`
      update recordings set purged_at = now(), lease_until = null,
        title = null, metadata = null, notify = null, group_id = null, last_error = null
      where id = ${id} and lease_epoch = ${epoch} and deleted_at is not null and purged_at is null
      returning 1`)
    if (marked.length === 0) return false
    for (const table of [
      'jobs',
      'chunks',
      'retired_segments',
      'conflicts',
      'versions',
      'totals',
      'takes',
    ]) {
      await tx.execute(sql`delete from ${sql.identifier(table)} where recording_id = ${id}`)
    }
    await forgetCompaction(tx, id)
    await forgetDeliveries(tx, id)
    return true
  })
}

/**
 * Something was stored of a recording whose purge has begun or is over: it is due again, and whoever purges it now
 * changes nothing any more. Nobody restores it either: a lease says that its bytes are going.
 */
export async function purgeAgain(db: Db, id: string): Promise<void> {
  await db.execute(sql`
    update recordings set purged_at = null, lease_epoch = lease_epoch + 1, lease_until = now()
    where id = ${id} and deleted_at is not null
      and (purged_at is not null or lease_until is not null)`)
}

/** Deleted recordings whose time to undo it is over, and nobody purges them. */
export async function readOverduePurges(db: Db, undoMs: number, limit: number): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select id from recordings
    where deleted_at <= now() - ${undoMs} * interval '1 ms' and purged_at is null
      and (lease_until is null or lease_until < now())
    order by deleted_at limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** How many deleted recordings still have their bytes. */
export async function countPurgesPending(db: Db): Promise<number> {
  const [row] = await db.execute<{ pending: number }>(sql`
    select count(*)::int as pending from recordings
    where deleted_at is not null and purged_at is null`)
  return row?.pending ?? 0
}
