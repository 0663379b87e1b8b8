// Locks one recording's row for the rest of the transaction: every change of its chunks, takes or totals
// holds this lock, so that they see each other.
import { eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings } from '../schema.ts'

export type LockedRecording = typeof recordings.$inferSelect

export async function lockRecording(tx: Db, id: string): Promise<LockedRecording | null> {
  const [row] = await tx.select().from(recordings).where(eq(recordings.id, id)).for('update')
  return row ?? null
}
