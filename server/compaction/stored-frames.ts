// Whole frames out of a segment, as they lie there: byte for byte, so that a copy holds whatever the sender wrote.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { ChunkPlace } from '@holdfast/db'
import { CHUNK_HEAD_BYTES, decodeFrame, FRAME, HoldfastError, readChunk } from '@holdfast/protocol'
import { type ChunkStore, CONFLICT_MEDIA_OFFSET, type Extent } from '../store/chunk-store.ts'
import { readWholes } from '../store/whole-extents.ts'

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
  const extent = frameOf(place)
  const stored = await store.read(recordingId, extent, extent.bytes)
  if (isChunk(stored, place)) return stored
  const { take, seq, segment, offset } = place
  throw new HoldfastError('bytes_damaged', { details: { take, seq, segment, offset } })
}

/** Read together: what one request may bring. */
const PLACES_AT_ONCE = 64

/**
 * The same of many, one after another, while the next are read. Throws as `readChunkFrame`.
 * @param places as they lie, as far as possible
 */
export async function* readChunkFrames(
  store: Reads & Pick<ChunkStore, 'readExtents'>,
  recordingId: string,
  places: AsyncIterable<ChunkPlace>,
): AsyncGenerator<[ChunkPlace, Uint8Array<ArrayBuffer>], void, undefined> {
  let some: ChunkPlace[] = []
  async function* read() {
    const wanted = some.map((place) => ({ place, extent: frameOf(place) }))
    some = []
    for await (const [{ place }, stored] of readWholes(store, recordingId, wanted)) {
      const isRight = stored !== null && isChunk(stored, place)
      const frame = isRight ? stored : await readChunkFrame(store, recordingId, place)
      yield [place, frame] as [ChunkPlace, Uint8Array<ArrayBuffer>]
    }
  }
  for await (const place of places) {
    some.push(place)
    if (some.length === PLACES_AT_ONCE) yield* read()
  }
  yield* read()
}

const frameOf = ({ segment, offset, bytes }: ChunkPlace): Extent => ({
  segment,
  offset: offset - CONFLICT_MEDIA_OFFSET,
  bytes: CONFLICT_MEDIA_OFFSET + bytes,
})

function isChunk(stored: Uint8Array<ArrayBuffer>, { take, seq, bytes, sha256 }: ChunkPlace) {
  const length = new DataView(stored.buffer, stored.byteOffset).getUint32(0)
  const frame = decodeFrame(stored.subarray(LENGTH_BYTES))
  if (frame.type !== FRAME.CHUNK || frame.take !== take || frame.seq !== seq) return false
  if (length !== stored.length - LENGTH_BYTES) return false
  if (frame.payload.length !== CHUNK_HEAD_BYTES + bytes) return false
  const chunk = readChunk(frame)
  const digest = createHash('sha256').update(chunk.bytes).digest()
  return timingSafeEqual(digest, sha256) && timingSafeEqual(chunk.sha256, sha256)
}
