// Hides a recording, and brings it back while that can be undone. Hiding fences whoever finalizes it; a
// restore is refused once a purge has begun, whatever the clock says.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { publishEvents } from './publish-event.ts'

export type Deletion = { deletedAt: Date; restoreUntil: Date }

type Stamp = { deleted_at: string; restore_until: string; is_new: boolean }

/** Repeating it changes nothing and gives the same times. null: there is no such recording, or it is purged. */
export async function deleteRecording(
  db: Db,
  id: string,
  undoMs: number,
): Promise<(Deletion & { isNew: boolean }) | null> {
  return await db.transaction(async (tx) => {
    const [row] = await tx.execute<Stamp>(sql`
      update recordings r set
        deleted_at = coalesce(r.deleted_at, now()),
        lease_epoch = r.lease_epoch + (case when r.deleted_at is null then 1 else 0 end),
        lease_until = case when r.deleted_at is null then null else r.lease_until end,
        status = case when r.status = 'finalizing' then 'recording' else r.status end
      from (select id, deleted_at from recordings where id = ${id} for update) before
      where r.id = before.id and r.purged_at is null
      returning r.deleted_at, r.deleted_at + ${undoMs} * interval '1 ms' as restore_until,
        before.deleted_at is null as is_new`)
    if (!row) return null
    if (row.is_new) await publishEvents(tx, [{ type: 'deleted', id }])
    return {
      deletedAt: new Date(row.deleted_at),
      restoreUntil: new Date(row.restore_until),
      isNew: row.is_new,
    }
  })
}

/** `live`: it was not deleted, nothing changed. */
export type RestoreOutcome = 'restored' | 'live' | 'expired' | 'unknown'

type Restored = { status: 'recording'; version: number; reason: null }

export async function restoreRecording(
  db: Db,
  id: string,
  undoMs: number,
): Promise<RestoreOutcome> {
  return await db.transaction(async (tx) => {
    // A purge that has begun holds a lease: its bytes are going, there is nothing to bring back.
    const [row] = await tx.execute<Restored>(sql`
      update recordings set deleted_at = null, last_seen_at = greatest(last_seen_at, now())
      where id = ${id} and purged_at is null and lease_until is null
        and deleted_at > now() - ${undoMs} * interval '1 ms'
      returning status, version, reason`)
    if (row) {
      await publishEvents(tx, [{ type: 'status', id, ...row }])
      return 'restored'
    }
    const [found] = await tx.execute<{ is_deleted: boolean }>(sql`
      select deleted_at is not null as is_deleted from recordings where id = ${id}`)
    if (!found) return 'unknown'
    return found.is_deleted ? 'expired' : 'live'
  })
}
