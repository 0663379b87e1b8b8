// Stores a TAKE: idempotent, the first `startedAt` stands, a null init may be filled once (rule 5).
// A take that no standing FINISH declared revokes that FINISH (rule 7).
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { chunks, recordings, takes, totals } from '../schema.ts'
import { lockRecording } from './lock-recording.ts'
import { revokeFinish } from './revoke-finish.ts'

export type NewTake = {
  recordingId: string
  take: number
  mimeType: string
  init: Uint8Array | null
  startedAt: Date
}

export type TakeOutcome = 'stored' | 'duplicate' | 'conflict' | 'deleted' | 'unknown'

export async function announceTake(db: Db, values: NewTake): Promise<TakeOutcome> {
  return await db.transaction(async (tx) => {
    const recording = await lockRecording(tx, values.recordingId)
    if (!recording) return 'unknown'
    if (recording.deletedAt) return 'deleted'
    const added = await tx.insert(takes).values(values).onConflictDoNothing().returning()
    if (added.length === 0) return await compareTake(tx, values)
    if (recording.finishedAt && !(await isDeclared(tx, values)))
      await revokeFinish(tx, recording.id)
    await tx
      .update(recordings)
      .set({ lastSeenAt: sql`now()` })
      .where(eq(recordings.id, recording.id))
    return 'stored'
  })
}

async function isDeclared(tx: Db, { recordingId, take }: NewTake): Promise<boolean> {
  const where = and(eq(totals.recordingId, recordingId), eq(totals.take, take))
  const rows = await tx.select({ take: totals.take }).from(totals).where(where)
  return rows.length > 0
}

async function compareTake(tx: Db, values: NewTake): Promise<TakeOutcome> {
  const where = and(eq(takes.recordingId, values.recordingId), eq(takes.take, values.take))
  const [known] = await tx.select().from(takes).where(where)
  if (!known || known.mimeType !== values.mimeType) return 'conflict'
  if (!values.init) return 'duplicate'
  if (known.init) return sameBytes(known.init, values.init) ? 'duplicate' : 'conflict'
  await fillInit(tx, values, where)
  return 'stored'
}

/** Another head makes another file of the same chunks: what was known of them is void, and a result is due again. */
async function fillInit(tx: Db, { recordingId, take, init }: NewTake, where?: SQL): Promise<void> {
  const [filled] = await tx.update(takes).set({ init }).where(where).returning()
  if (!filled || filled.chunkCount === 0) return
  const ofTake = and(eq(chunks.recordingId, recordingId), eq(chunks.take, take))
  await tx.update(chunks).set({ index: null }).where(ofTake)
  await tx
    .update(recordings)
    .set({ generation: sql`${recordings.generation} + 1` })
    .where(eq(recordings.id, recordingId))
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
