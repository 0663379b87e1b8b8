// Frames out of dead segments, read once more where they were found, and copied: bytes that a failed sync left may be read
// back well and yet not be on the disk, so rows only ever point to copies that this process has synced (R10).
import { createHash, timingSafeEqual } from 'node:crypto'
import type { NewChunk } from '@holdfast/db'
import {
  decodeFrame,
  type Frame,
  HoldfastError,
  readChunk,
  readJson,
  readTake,
} from '@holdfast/protocol'
import type { OrphanPlace } from '../compaction/source-scan.ts'
import { type FramePlace, readStoredFrame } from '../compaction/stored-frames.ts'
import { readRecord, type StoreRecord } from '../store/store-record.ts'
import type { Site } from './finding.ts'

const LENGTH_BYTES = 4
/** Frames that are read, and bytes, before they are synced together. */
const BATCH_FRAMES = 64
const BATCH_BYTES = 8 * 1024 * 1024

export async function readFrame({ store }: Site, id: string, place: FramePlace): Promise<Frame> {
  return decodeFrame((await readStoredFrame(store, id, place)).subarray(LENGTH_BYTES))
}

export async function readFoundTake(site: Site, id: string, place: FramePlace) {
  const frame = await readFrame(site, id, place)
  const { mimeType, init, startedAt } = readTake(readJson(frame))
  const take = { recordingId: id, take: frame.take, mimeType, init, startedAt: new Date(startedAt) }
  return { frame, take }
}

export async function readFoundRecord(
  site: Site,
  id: string,
  place: FramePlace | undefined,
): Promise<StoreRecord | null> {
  return place ? readRecord(await readFrame(site, id, place)) : null
}

/** Copies chunks in batches; yields the rows of each batch once its bytes are synced. */
export async function* copyChunks(
  site: Site,
  id: string,
  places: readonly OrphanPlace[],
): AsyncGenerator<NewChunk[], void, undefined> {
  for (let at = 0; at < places.length; ) {
    site.signal.throwIfAborted()
    const batch = batchFrom(places, at)
    yield await Promise.all(batch.map((place) => copyChunk(site, id, place)))
    at += batch.length
  }
}

function batchFrom(places: readonly OrphanPlace[], from: number): readonly OrphanPlace[] {
  let bytes = 0
  let to = from
  while (to < places.length && to - from < BATCH_FRAMES && (to === from || bytes < BATCH_BYTES)) {
    bytes += places[to]?.bytes ?? 0
    to += 1
  }
  return places.slice(from, to)
}

async function copyChunk(site: Site, id: string, place: OrphanPlace): Promise<NewChunk> {
  const frame = await readFrame(site, id, place)
  const { bytes, ...facts } = readChunk(frame)
  const digest = createHash('sha256').update(bytes).digest()
  // It was whole when it was found: the disk changes what it gives.
  if (!timingSafeEqual(digest, place.sha256)) throw new HoldfastError('bytes_damaged')
  const at = await site.store.append(id, frame)
  // Not the view that `facts` has: it would keep the whole frame in memory.
  const { sha256 } = place
  return { recordingId: id, ...facts, sha256, bytes: bytes.length, ...at, transport: 'http' }
}
