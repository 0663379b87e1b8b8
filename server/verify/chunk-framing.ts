// The head in front of a chunk's bytes, where they lie. Nobody needs it who reads what the ledger names; a ledger that is
// rebuilt knows a chunk by nothing else, and behind a wrong length it finds none any more. The ledger knows what has to stand
// there, but for the hints, which nobody trusts.
import { timingSafeEqual } from 'node:crypto'
import type { ChunkPlace } from '@holdfast/db'
import {
  CHUNK_HEAD_BYTES,
  type Chunk,
  decodeFrame,
  FRAME,
  type Frame,
  readChunk,
} from '@holdfast/protocol'
import { CONFLICT_MEDIA_OFFSET, type Extent } from '../store/chunk-store.ts'

const LENGTH_BYTES = 4

/** Where the whole frame of a chunk lies, its length included. */
export const frameOf = ({ segment, offset, bytes }: ChunkPlace): Extent => ({
  segment,
  offset: offset - CONFLICT_MEDIA_OFFSET,
  bytes: CONFLICT_MEDIA_OFFSET + bytes,
})

/** The chunk's bytes in its frame. */
export const mediaOf = (stored: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  stored.subarray(CONFLICT_MEDIA_OFFSET)

/** Whether the head is that of this chunk. Its bytes are not looked at. */
export function isFramed(
  stored: Uint8Array<ArrayBuffer>,
  { take, seq, bytes, sha256 }: ChunkPlace,
): boolean {
  const length = new DataView(stored.buffer, stored.byteOffset).getUint32(0)
  const frame = frameIn(stored)
  if (frame.type !== FRAME.CHUNK || frame.take !== take || frame.seq !== seq) return false
  if (length !== stored.length - LENGTH_BYTES) return false
  if (frame.payload.length !== CHUNK_HEAD_BYTES + bytes) return false
  return timingSafeEqual(readChunk(frame).sha256, sha256)
}

/** The chunk as the ledger knows it, with the hints that lie there. @param stored its frame, whatever its head says */
export function reframed(
  stored: Uint8Array<ArrayBuffer>,
  { take, seq, sha256 }: ChunkPlace,
): Chunk {
  const { aligned, clusterMs, endMs, bytes } = readChunk(frameIn(stored))
  return { take, seq, sha256, aligned, clusterMs, endMs, bytes }
}

const frameIn = (stored: Uint8Array<ArrayBuffer>): Frame =>
  decodeFrame(stored.subarray(LENGTH_BYTES))
