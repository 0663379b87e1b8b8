// Owns the keeping of what a dying page hands to the service worker: bytes are hashed, unread slices are
// read and cut as the page would have, and all of it goes into the buffer before anything is sent.
import { keepChunk } from '../buffer/keep-chunk.ts'
import { putRecording } from '../buffer/local-buffer.ts'
import type { ChunkRow, RecordingRow, TakeRow } from '../buffer/rows.ts'
import { digest } from '../capture/digest.ts'
import { cutRaw } from '../capture/take-cutter.ts'
import type { HandedOver, WorkerMessage } from './worker-messages.ts'

export type KeptChunk = {
  /** As it lies here: not always under the number that the page gave it. */
  readonly take: TakeRow
  readonly seq: number
  readonly chunk: ChunkRow
  readonly where: 'disk' | 'memory'
}

/** Never rejects for a full or missing disk: what it does not take stays in memory. */
export async function keepHandedOver({
  row,
  takes,
  chunks,
}: Extract<WorkerMessage, { type: 'holdfast:drain' }>): Promise<KeptChunk[]> {
  await enterRow(row)
  const kept: KeptChunk[] = []
  for (const handed of chunks) {
    const take = takes.find((one) => one.take === handed.take)
    for (const { seq, chunk } of take ? await chunksOf(handed) : []) {
      if (take) kept.push({ seq, chunk, ...(await place(row.id, take, { seq, chunk })) })
    }
  }
  return kept
}

/** The page may have died before its first write; that and how it ended is news in any case. */
async function enterRow(row: RecordingRow): Promise<void> {
  try {
    await putRecording(row)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}

async function place(
  id: string,
  take: TakeRow,
  { seq, chunk }: { seq: number; chunk: ChunkRow },
): Promise<Pick<KeptChunk, 'take' | 'where'>> {
  try {
    return { take: await keepChunk(id, take, seq, chunk), where: 'disk' }
  } catch {
    return { take, where: 'memory' }
  }
}

async function chunksOf(handed: HandedOver): Promise<{ seq: number; chunk: ChunkRow }[]> {
  if ('chunk' in handed) return [await hashed(handed.seq, handed.chunk)]
  const bytes = new Uint8Array(await handed.slice.arrayBuffer())
  const cut = cutRaw(bytes, handed.seq, handed.maxBytes)
  return await Promise.all(
    cut.map(({ seq, ...chunk }) => hashed(seq, { ...chunk, bytes: chunk.bytes.buffer })),
  )
}

async function hashed(
  seq: number,
  chunk: Omit<ChunkRow, 'sha256'>,
): Promise<{ seq: number; chunk: ChunkRow }> {
  const sha256 = await digest(new Uint8Array(chunk.bytes))
  return { seq, chunk: { ...chunk, sha256 } }
}
