// Whole frames out of a segment, as they lie there: byte for byte, so that a copy holds whatever the sender wrote.
import type { ChunkPlace } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import type { ChunkStore } from '../store/chunk-store.ts'
import { readWholes } from '../store/whole-extents.ts'
import { frameOf, isFramed, mediaOf } from '../verify/chunk-framing.ts'
import { isSound } from '../verify/sound-bytes.ts'

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
  if (isWhole(stored, place)) return stored
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
      const isRight = stored !== null && isWhole(stored, place)
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

const isWhole = (stored: Uint8Array<ArrayBuffer>, place: ChunkPlace): boolean =>
  isFramed(stored, place) && isSound(mediaOf(stored), place)
