// Whole frames out of a segment, as they lie there: byte for byte, so that a copy holds whatever the sender wrote.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { ChunkPlace } from '@holdfast/db'
import { CHUNK_HEAD_BYTES, decodeFrame, FRAME, HoldfastError, readChunk } from '@holdfast/protocol'
import { type ChunkStore, CONFLICT_MEDIA_OFFSET } from '../store/chunk-store.ts'

const LENGTH_BYTES = 4

type Reads = Pick<ChunkStore, 'read'>

/** Where a frame begins, its length included. */
export type FramePlace = { readonly segment: string; readonly offset: number }

/** @throws HoldfastError `bytes_damaged`, `store_failed` */
export async function readStoredFrame(
  store: Reads,
  recordingId: string,
  at: FramePlace,
): Promise<Uint8Array<ArrayBuffer>> {
  const head = await store.read(recordingId, at, LENGTH_BYTES)
  const length = new DataView(head.buffer).getUint32(0)
  return await store.read(recordingId, at, LENGTH_BYTES + length)
}

/**
 * The frame of a chunk that the ledger names, checked against its row.
 * @throws HoldfastError `bytes_damaged` when it is not exactly this chunk, `store_failed`
 */
export async function readChunkFrame(
  store: Reads,
  recordingId: string,
  place: ChunkPlace,
): Promise<Uint8Array<ArrayBuffer>> {
  const { segment, offset, bytes } = place
  const start = offset - CONFLICT_MEDIA_OFFSET
  const at = { segment, offset: start }
  const stored = await store.read(recordingId, at, CONFLICT_MEDIA_OFFSET + bytes)
  if (isChunk(stored, place)) return stored
  const { take, seq } = place
  throw new HoldfastError('bytes_damaged', { details: { take, seq, segment, offset } })
}

function isChunk(stored: Uint8Array<ArrayBuffer>, { take, seq, bytes, sha256 }: ChunkPlace) {
  const length = new DataView(stored.buffer).getUint32(0)
  const frame = decodeFrame(stored.subarray(LENGTH_BYTES))
  if (frame.type !== FRAME.CHUNK || frame.take !== take || frame.seq !== seq) return false
  if (length !== stored.length - LENGTH_BYTES) return false
  if (frame.payload.length !== CHUNK_HEAD_BYTES + bytes) return false
  const chunk = readChunk(frame)
  const digest = createHash('sha256').update(chunk.bytes).digest()
  return timingSafeEqual(digest, sha256) && timingSafeEqual(chunk.sha256, sha256)
}
