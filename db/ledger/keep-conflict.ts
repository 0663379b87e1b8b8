// Another chunk under a number that is taken: evidence, with a copy of the bytes up to the eighth (rule 2).
import { and, count, eq, isNotNull, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { conflicts, recordings } from '../schema.ts'

export type NewConflict = {
  recordingId: string
  take: number
  seq: number
  sha256: Uint8Array
  bytes: number
  object: string | null
}

/** How many copies of the recording's conflicting chunks are kept, so that the caller knows whether to store one more. */
export async function countConflictCopies(db: Db, recordingId: string): Promise<number> {
  const [row] = await db
    .select({ copies: count() })
    .from(conflicts)
    .where(and(eq(conflicts.recordingId, recordingId), isNotNull(conflicts.object)))
  return row?.copies ?? 0
}

/** False when exactly this conflict is known already. */
export async function keepConflict(db: Db, conflict: NewConflict): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const added = await tx.insert(conflicts).values(conflict).onConflictDoNothing().returning()
    if (added.length === 0) return false
    const kept = conflict.object ? conflict.bytes : 0
    await tx
      .update(recordings)
      .set({
        bytes: sql`${recordings.bytes} + ${kept}`,
        conflictCount: sql`${recordings.conflictCount} + 1`,
      })
      .where(eq(recordings.id, conflict.recordingId))
    return true
  })
}
