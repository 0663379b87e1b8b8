// Owns what a person can see and do with unsent recordings on this device: list, read, delete.
import { HoldfastError } from '@holdfast/protocol'
import {
  deleteRecording,
  getChunk,
  listIds,
  readRecording,
  type StoredRecording,
} from '../buffer/local-buffer.ts'
import { atMost } from './bounded.ts'
import { endDrain } from './drain.ts'
import { ownedIds, whileOwning } from './ownership.ts'
import { ProgressMeter } from './progress-meter.ts'
import type { Unsent } from './recording.ts'

/** How long a drain of this page may take to let go. */
const RELEASE_LIMIT_MS = 2_000

/** Unsent recordings on this device that no tab is making or sending. Newest first. */
export async function listUnsent({ server }: { server?: string } = {}): Promise<Unsent[]> {
  const owned = await ownedIds()
  const free = (await listIds()).filter((id) => !owned.has(id))
  const stored = (await Promise.all(free.map(readRecording))).filter((one) => one !== null)
  const origin = server === undefined ? null : new URL(server).origin
  return stored
    .filter(({ row }) => origin === null || row.server === origin)
    .map(describe)
    .filter(({ waitingChunks }) => waitingChunks > 0)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
}

function describe(stored: StoredRecording): Unsent {
  const meter = new ProgressMeter()
  meter.addStored(stored)
  const { recordedMs, waitingBytes } = meter.read()
  const { id, server, title, createdAt } = stored.row
  return {
    id,
    server,
    title,
    createdAt,
    recordedMs,
    waitingBytes,
    waitingChunks: meter.waitingChunks,
  }
}

/**
 * What of it is still on this device, as one file: playable when nothing was acked yet, else the rest.
 * Null when nothing is here.
 */
export async function readUnsent(id: string): Promise<Blob | null> {
  const stored = await readRecording(id)
  const take = stored?.takes.find((one) => (stored.pending.get(one.take)?.length ?? 0) > 0)
  if (!stored || !take) return null
  const parts: Blob[] = take.init ? [new Blob([take.init])] : []
  for (const seq of stored.pending.get(take.take) ?? []) {
    // One chunk at a time: the browser may keep blobs on disk, buffers it cannot.
    const chunk = await getChunk(id, take.take, seq)
    if (chunk) parts.push(new Blob([chunk.bytes]))
  }
  return new Blob(parts, { type: take.mimeType })
}

/**
 * Deletes the local copy for good: the one way by which an unacknowledged chunk is ever deleted here.
 * @throws HoldfastError `unavailable` while a tab or the service worker makes or sends it
 */
export async function deleteUnsent(id: string): Promise<void> {
  endDrain(id)
  const waiting = new AbortController()
  const deleted = whileOwning(id, waiting.signal, () => deleteRecording(id))
  try {
    await atMost(RELEASE_LIMIT_MS, deleted)
  } catch (cause) {
    waiting.abort()
    const message = 'This recording is being made or sent elsewhere. Try again later.'
    throw new HoldfastError('unavailable', { message, cause })
  }
}
