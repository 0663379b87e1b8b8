// Whether exactly this chunk is stored: CHECK, and the question before bytes that seem to be a repeat.
import { toHex } from '@holdfast/protocol'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { chunks } from '../schema.ts'

export type FoundChunk = 'same' | 'other' | 'damaged' | 'absent'

type Slot = { recordingId: string; take: number; seq: number; sha256: Uint8Array }

export async function findChunk(db: Db, slot: Slot): Promise<FoundChunk> {
  const [row] = await db
    .select({ sha256: chunks.sha256, damagedAt: chunks.damagedAt })
    .from(chunks)
    .where(
      and(
        eq(chunks.recordingId, slot.recordingId),
        eq(chunks.take, slot.take),
        eq(chunks.seq, slot.seq),
      ),
    )
  if (!row) return 'absent'
  if (toHex(row.sha256) !== toHex(slot.sha256)) return 'other'
  return row.damagedAt ? 'damaged' : 'same'
}
