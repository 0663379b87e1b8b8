// Owns what a person can see and do with unsent recordings on this device: list, read, delete.
import { HoldfastError, toRanges } from '@holdfast/protocol'
import { listIds, readRecording, type StoredRecording } from '../buffer/local-buffer.ts'
import { getChunk } from '../buffer/stored-chunks.ts'
import { readFile } from '../buffer/stored-file.ts'
import { deleteRecording } from '../buffer/whole-recordings.ts'
import { ownedIds, whileOwning } from '../session/ownership.ts'
import { ProgressMeter } from '../session/progress-meter.ts'
import type { OnDevice, TakeChunks, Unsent } from '../session/recording.ts'
import { askWorkerToLetGo } from '../session/worker-link.ts'
import { endDrain } from './drain.ts'

/** How long a drain of this page or of the service worker may take to let go. */
const RELEASE_LIMIT_MS = 5_000

/** Unsent recordings on this device that no tab is making or sending. Newest first. */
export async function listUnsent({ server }: { server?: string } = {}): Promise<Unsent[]> {
  const owned = await ownedIds()
  const free = (await listIds()).filter((id) => !owned.has(id))
  // One that cannot be read now hides no other; `drainUnsent` tells of it.
  const read = await Promise.allSettled(free.map(readRecording))
  const stored = read.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []))
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
  const { id, server, title, createdAt, file = null } = stored.row
  const refusedChunks = stored.refused.filter(({ take, seq }) => {
    return stored.pending.get(take)?.includes(seq) ?? false
  }).length
  return {
    id,
    server,
    title,
    createdAt,
    file,
    recordedMs,
    waitingBytes,
    waitingChunks: meter.waitingChunks,
    refusedChunks,
  }
}

/** null when nothing of it is here. Also of one that a tab makes or sends: it is only looked at. */
export async function lookOnDevice(id: string): Promise<OnDevice | null> {
  const stored = await readRecording(id)
  return stored && { ...describe(stored), chunks: placesHere(stored) }
}

function placesHere({ takes, pending, refused }: StoredRecording): TakeChunks[] {
  return takes.map(({ take, wire }) => {
    const isStuck = new Set(refused.filter((one) => one.take === take).map(({ seq }) => seq))
    const seqs = pending.get(take) ?? []
    const here = toRanges(seqs.filter((seq) => !isStuck.has(seq)))
    const stuck = toRanges(seqs.filter((seq) => isStuck.has(seq)))
    return { take: wire, acked: [], flying: [], here, stuck }
  })
}

/**
 * What of it is still on this device, one file for each take of which something is here: playable when nothing of
 * the take was acked yet, else the rest. A file that was added is here as a whole until the last of it is acked.
 */
export async function readUnsent(id: string): Promise<Blob[]> {
  const stored = await readRecording(id)
  const files: Blob[] = []
  for (const { take, init, mimeType } of stored?.takes ?? []) {
    const seqs = stored?.pending.get(take) ?? []
    if (seqs.length === 0) continue
    const whole = await readFile(id, take)
    if (whole) {
      files.push(whole)
      continue
    }
    const parts: Blob[] = init ? [new Blob([init])] : []
    for (const seq of seqs) {
      // One chunk at a time: the browser may keep blobs on disk, buffers it cannot.
      const chunk = await getChunk(id, take, seq)
      if (chunk) parts.push(new Blob([chunk.bytes]))
    }
    files.push(new Blob(parts, { type: mimeType }))
  }
  return files
}

/**
 * Deletes the local copy for good: the one way by which an unacknowledged chunk is ever deleted here.
 * @throws HoldfastError `unavailable` while another tab makes or sends it
 * @throws DOMException when the browser cannot delete now
 */
export async function deleteUnsent(id: string): Promise<void> {
  endDrain(id)
  askWorkerToLetGo(id)
  // The limit ends the waiting, never the deleting: what is said of it afterwards is true.
  const limit = AbortSignal.timeout(RELEASE_LIMIT_MS)
  let isOwned = false
  try {
    await whileOwning(id, limit, async () => {
      isOwned = true
      await deleteRecording(id)
    })
  } catch (cause) {
    if (isOwned) throw cause
    const message = 'This recording is being made or sent elsewhere. Try again later.'
    throw new HoldfastError('unavailable', { message, cause })
  }
}
