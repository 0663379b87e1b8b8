// What people write on a recording: title, marks, trim. Whoever listens hears that there is something new.
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings } from '../schema.ts'
import { publishEvents } from './publish-event.ts'

export type RecordingEdit = Partial<
  Pick<typeof recordings.$inferSelect, 'title' | 'marks' | 'trim'>
>

/** The row after it, and the database's time; null when there is none, or it is deleted. */
export async function editRecording(db: Db, id: string, edit: RecordingEdit) {
  return await db.transaction(async (tx) => {
    const [row] = await tx
      .update(recordings)
      .set(edit)
      .where(and(eq(recordings.id, id), isNull(recordings.deletedAt)))
      .returning()
    if (!row) return null
    const [clock] = await tx.execute<{ at: string }>(sql`select now() as at`)
    const { status, version, reason } = row
    await publishEvents(tx, [{ type: 'status', id, status, version, reason }])
    return { row, editedAt: new Date(clock?.at ?? row.lastSeenAt) }
  })
}
