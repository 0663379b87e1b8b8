// Retention: settled recordings whose last chunk is too old are deleted like any other deletion.
import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { publishEvents } from './publish-event.ts'

/** The ids that were deleted, oldest first, at most `limit`. */
export async function expireRecordings(db: Db, days: number, limit: number): Promise<string[]> {
  return await db.transaction(async (tx) => {
    const rows = await tx.execute<{ id: string }>(sql`
      update recordings set deleted_at = now(), lease_until = null, lease_epoch = lease_epoch + 1
      where id in (
        select id from recordings
        where created_at < now() - ${days} * interval '1 day' and deleted_at is null
          and coalesce(last_chunk_at, created_at) < now() - ${days} * interval '1 day'
          and status in ('ready', 'incomplete', 'empty', 'failed')
        order by created_at limit ${limit}
        for update skip locked)
      returning id`)
    await publishEvents(
      tx,
      rows.map(({ id }) => ({ type: 'deleted' as const, id })),
    )
    return rows.map(({ id }) => id)
  })
}
