// Takes a standing FINISH back: clears the totals (rule 7). Where those totals said more than is stored
// the result changes with them, hence the next generation. The caller holds the recording's lock.
import { eq, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings, totals } from '../schema.ts'

export async function revokeFinish(tx: Db, id: string): Promise<void> {
  await tx.delete(totals).where(eq(totals.recordingId, id))
  await tx
    .update(recordings)
    .set({
      generation: sql`${recordings.generation} + case when ${recordings.complete} then 0 else 1 end`,
      finishedAt: null,
      finishReason: null,
      complete: false,
      lastSeenAt: sql`now()`,
    })
    .where(eq(recordings.id, id))
}
