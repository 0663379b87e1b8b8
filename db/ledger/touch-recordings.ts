// Signs of life of all open sessions in one statement, on the database's clock (R5).
import { and, isNull, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings } from '../schema.ts'
import { isOneOf } from './is-one-of.ts'

export async function touchRecordings(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  // Locked in id order first, so that it cannot deadlock with a batch of chunks.
  await db.transaction(async (tx) => {
    const live = and(isOneOf(recordings.id, ids), isNull(recordings.deletedAt))
    await tx
      .select({ id: recordings.id })
      .from(recordings)
      .where(live)
      .orderBy(recordings.id)
      .for('update')
    await tx.update(recordings).set({ lastSeenAt: sql`now()` }).where(live)
  })
}
