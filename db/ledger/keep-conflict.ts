// Another chunk under a number that is taken: evidence, with a copy of the bytes up to the eighth (rule 2).
// Bounded: whoever has a token may offer other bytes for ever.
import { LIMITS } from '@holdfast/protocol'
import { and, count, eq, isNotNull, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { conflicts, recordings } from '../schema.ts'
import { lockRecording } from './lock-recording.ts'

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

/** `counted`: there are too many to remember each; only their number grows. */
export type ConflictOutcome = 'kept' | 'known' | 'counted' | 'deleted'

/** Remembers the first `LIMITS.maxConflictDigests` of a recording, and counts all. */
export async function keepConflict(db: Db, conflict: NewConflict): Promise<ConflictOutcome> {
  return await db.transaction(async (tx) => {
    const row = await lockRecording(tx, conflict.recordingId)
    if (!row || row.deletedAt) return 'deleted'
    const outcome = await remember(tx, conflict)
    if (outcome === 'known') return outcome
    const kept = outcome === 'kept' && conflict.object ? conflict.bytes : 0
    await tx
      .update(recordings)
      .set({
        bytes: sql`${recordings.bytes} + ${kept}`,
        // A client that never stops must not run the counter over.
        conflictCount: Math.min(row.conflictCount + 1, MAX_COUNT),
      })
      .where(eq(recordings.id, row.id))
    return outcome
  })
}

const MAX_COUNT = 2 ** 31 - 1

async function remember(tx: Db, conflict: NewConflict): Promise<ConflictOutcome> {
  const { recordingId, take, seq, sha256 } = conflict
  const ours = eq(conflicts.recordingId, recordingId)
  const same = and(
    ours,
    eq(conflicts.take, take),
    eq(conflicts.seq, seq),
    eq(conflicts.sha256, sha256),
  )
  const [known] = await tx.select({ at: conflicts.at }).from(conflicts).where(same)
  if (known) return 'known'
  const [digests] = await tx.select({ count: count() }).from(conflicts).where(ours)
  if ((digests?.count ?? 0) >= LIMITS.maxConflictDigests) return 'counted'
  await tx.insert(conflicts).values(conflict)
  return 'kept'
}
