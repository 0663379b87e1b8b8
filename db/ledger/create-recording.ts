// Makes the recording's row, or recognises it: the call may be repeated (protocol §3).

import { timingSafeEqual } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings } from '../schema.ts'
import { publishEvents } from './publish-event.ts'

export type NewRecording = {
  id: string
  tokenHash: Uint8Array
  title?: string | null
  metadata?: Record<string, unknown> | null
  groupId?: string | null
  tokenMayDelete?: boolean
  notify?: { email?: string; webhook?: string } | null
  owner?: string | null
}

/** `exists` = the same id with the same token; `taken` = with another one. */
export type CreateOutcome = 'created' | 'exists' | 'taken' | 'deleted'

export async function createRecording(db: Db, values: NewRecording): Promise<CreateOutcome> {
  if (await insertRecording(db, values)) return 'created'
  const [row] = await db
    .select({ tokenHash: recordings.tokenHash, deletedAt: recordings.deletedAt })
    .from(recordings)
    .where(eq(recordings.id, values.id))
  if (!row || !timingSafeEqual(row.tokenHash, values.tokenHash)) return 'taken'
  return row.deletedAt ? 'deleted' : 'exists'
}

/** Those who watch the list hear of it with its first row. */
async function insertRecording(db: Db, values: NewRecording): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const [row] = await tx.insert(recordings).values(values).onConflictDoNothing().returning()
    if (!row) return false
    const { id, status, version, reason } = row
    await publishEvents(tx, [{ type: 'status', id, status, version, reason }])
    return true
  })
}
