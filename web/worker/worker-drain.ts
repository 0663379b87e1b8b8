// Owns the draining of IndexedDB after a page is gone. It waits for the dying page's lock, and gives up
// when the page lives on after all. It sends over HTTP, by the same machine as a page.
import { keepChunk, listIds, putRecording, readRecording } from '../buffer/local-buffer.ts'
import type { ChunkRow, TakeRow } from '../buffer/rows.ts'
import { digest } from '../capture/digest.ts'
import { cutRaw } from '../capture/take-cutter.ts'
import type { MemoryChunk } from '../session/local-copy.ts'
import { ifFree, whileOwning } from '../session/ownership.ts'
import { startDrain } from '../session/start-drain.ts'
import { plainTimer } from '../session/timer.ts'
import type { HandedOver, WorkerMessage } from './worker-messages.ts'

/** A page that still holds its lock by then did not die. */
const LOCK_LIMIT_MS = 30_000

type DrainMessage = Extract<WorkerMessage, { type: 'holdfast:drain' }>

/** Stores what a dying page handed over, then sends everything of its recording. Resolves when all is sent. */
export async function drainHandedOver(message: DrainMessage): Promise<void> {
  const { id } = message.row
  const unstored = await storeAll(message)
  try {
    await whileOwning(id, AbortSignal.timeout(LOCK_LIMIT_MS), () => drainOwned(message, unstored))
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}

/** Sends every recording that nobody owns. Resolves when all of them are sent or refused. */
export async function drainAll(): Promise<void> {
  const ids = await listIds()
  await Promise.all(ids.map((id) => ifFree(id, () => drainStored(id))))
}

async function drainStored(id: string): Promise<void> {
  const stored = await readRecording(id)
  if (stored) await startDrain(stored, { rungs: ['http'], timer: plainTimer() }).finished
}

async function drainOwned(message: DrainMessage, memory: readonly MemoryChunk[]): Promise<void> {
  const { row, takes } = message
  // Without a buffer what was handed over is all there is, and lives as long as this worker.
  const stored = (await readRecording(row.id).catch(() => null)) ?? {
    row,
    takes,
    pending: new Map(takes.map(({ take }) => [take, [] as number[]])),
  }
  for (const { take, seq } of memory) insert(stored.pending.get(take), seq)
  await startDrain(stored, { rungs: ['http'], timer: plainTimer(), memory }).finished
}

function insert(seqs: readonly number[] | undefined, seq: number): void {
  const list = seqs as number[] | undefined
  if (list && !list.includes(seq))
    list.splice(0, list.length, ...[...list, seq].sort((a, b) => a - b))
}

/** @returns what the disk did not take */
async function storeAll({ row, takes, chunks }: DrainMessage): Promise<MemoryChunk[]> {
  await enterRow(row)
  const unstored: MemoryChunk[] = []
  for (const handed of chunks) {
    const take = takes.find((one) => one.take === handed.take)
    if (!take) continue
    for (const one of await chunksOf(handed)) {
      const isStored = await tryKeep(row.id, take, one)
      if (!isStored) unstored.push({ take: take.take, ...one })
    }
  }
  return unstored
}

/** The page may have died before its first write; its end is news in any case. */
async function enterRow(row: DrainMessage['row']): Promise<void> {
  try {
    await putRecording(row)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}

async function tryKeep(
  id: string,
  take: TakeRow,
  { seq, chunk }: { seq: number; chunk: ChunkRow },
): Promise<boolean> {
  try {
    await keepChunk(id, take, seq, chunk)
    return true
  } catch {
    return false
  }
}

async function chunksOf(handed: HandedOver): Promise<{ seq: number; chunk: ChunkRow }[]> {
  if ('chunk' in handed) return [await hashed(handed.seq, handed.chunk)]
  const bytes = new Uint8Array(await handed.slice.arrayBuffer())
  const cut = cutRaw(bytes, handed.seq)
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
