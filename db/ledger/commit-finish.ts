// Commits a FINISH: totals merge per take by maximum and never lower what is stored (rule 7, I10).

import type { Finish } from '@holdfast/protocol'
import { eq, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { recordings } from '../schema.ts'
import { effectiveTotal, isComplete } from './is-complete.ts'
import { type LockedRecording, lockRecording } from './lock-recording.ts'

export type FinishOutcome =
  | { outcome: 'deleted' | 'unknown' }
  | {
      outcome: 'committed'
      complete: boolean
      /** False when the current version already is the result. */
      pending: boolean
      status: LockedRecording['status']
      version: number
    }

export async function commitFinish(db: Db, id: string, finish: Finish): Promise<FinishOutcome> {
  return await db.transaction(async (tx) => {
    const recording = await lockRecording(tx, id)
    if (!recording) return { outcome: 'unknown' }
    if (recording.deletedAt) return { outcome: 'deleted' }
    const before = await readEffectiveTotal(tx, id)
    await mergeTotals(tx, id, finish)
    const grew = (await readEffectiveTotal(tx, id)) !== before
    const [row] = await tx
      .update(recordings)
      .set({
        generation: recording.generation + (grew ? 1 : 0),
        finishedAt: recording.finishedAt ?? sql`now()`,
        finishReason: recording.finishReason ?? finish.reason,
        complete: isComplete(id),
        lastSeenAt: sql`now()`,
        nextAttemptAt: null,
      })
      .where(eq(recordings.id, id))
      .returning()
    if (!row) return { outcome: 'unknown' }
    const { complete, generation, finalizedGeneration, status, version } = row
    const pending = generation !== finalizedGeneration
    return { outcome: 'committed', complete, pending, status, version }
  })
}

async function readEffectiveTotal(tx: Db, id: string): Promise<string> {
  const [row] = await tx.execute<{ total: string }>(sql`select ${effectiveTotal(id)} as total`)
  return String(row?.total)
}

async function mergeTotals(tx: Db, id: string, finish: Finish): Promise<void> {
  const declared = JSON.stringify(finish.takes)
  await tx.execute(sql`
    insert into totals (recording_id, take, declared)
    select ${id}::uuid, take, max(declared) from (
      select take, chunks as declared
      from jsonb_to_recordset(${declared}::text::jsonb) as given(take int, chunks bigint)
      union all
      select take, max_seq + 1 from takes where recording_id = ${id}
    ) merged group by take
    on conflict (recording_id, take)
    do update set declared = greatest(totals.declared, excluded.declared)`)
}
