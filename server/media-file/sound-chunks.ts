// Reads chunks for whoever plays them: nothing is given out that is not what was acknowledged. Every chunk is read whole and
// compared with its sha256 before its first byte leaves, however few of its bytes are wanted. And a place may be out of date:
// whoever plays a recording has its list since long before a compaction. The bytes are found again by what they are.
import { type Db, findPlaces } from '@holdfast/db'
import type { ChunkStore, StoredAt } from '../store/chunk-store.ts'
import { readWholes } from '../store/whole-extents.ts'
import { isSound, isUnreadable, type KnownChunk, readSound } from '../verify/sound-bytes.ts'

/** Bytes of a chunk; `skip` counts from its first. */
export type Part = { readonly chunk: KnownChunk; readonly skip: number; readonly bytes: number }

type Source = {
  db: Db
  store: Pick<ChunkStore, 'read' | 'readExtents'>
  /** Told that lists of places of this recording are out of date. */
  onMoved: (recordingId: string) => void
  /** Told of bytes that could be read nowhere as they were acknowledged. */
  onDamage: (recordingId: string, sha256: Uint8Array) => void
}

/** Memory of the pieces that are given out. */
const PIECE_BYTES = 256 * 1024

export class SoundChunks {
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  /**
   * One part after another, in pieces of bounded size that never belong to two of them. Further parts may be read ahead.
   * @throws HoldfastError `bytes_damaged`, `store_failed`, before any of that chunk was given out
   */
  async *stream(
    recordingId: string,
    parts: Iterable<Part>,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { store } = this.#source
    for await (const [asked, read] of readWholes(store, recordingId, byChunk(parts))) {
      const { extent: chunk } = asked
      const isRight = read !== null && isSound(read, chunk)
      const whole = isRight ? read : await this.#readAgain(recordingId, chunk)
      for (const { skip, bytes } of asked.parts) {
        const end = Math.min(whole.length, skip + bytes)
        for (let at = skip; at < end; at += PIECE_BYTES) {
          yield whole.subarray(at, Math.min(end, at + PIECE_BYTES))
        }
      }
    }
  }

  async #readAgain(recordingId: string, chunk: KnownChunk): Promise<Uint8Array<ArrayBuffer>> {
    const { db, store, onMoved, onDamage } = this.#source
    for (const place of await findPlaces(db, recordingId, chunk.sha256)) {
      if (isSamePlace(place, chunk)) continue
      const bytes = await readSound(store, recordingId, place).catch(orNull)
      if (!bytes) continue
      onMoved(recordingId)
      return bytes
    }
    try {
      // Alone: whether it was this chunk or one that was read together with it.
      return await readSound(store, recordingId, chunk)
    } catch (error) {
      if (isUnreadable(error)) onDamage(recordingId, chunk.sha256)
      throw error
    }
  }
}

type Asked = { readonly extent: KnownChunk; readonly parts: readonly Part[] }

/** Parts of one chunk that follow each other: it is read, and hashed, once. */
function* byChunk(parts: Iterable<Part>): Generator<Asked, void, undefined> {
  let waiting: Part[] = []
  for (const part of parts) {
    const [first] = waiting
    if (first && first.chunk !== part.chunk) {
      yield { extent: first.chunk, parts: waiting }
      waiting = []
    }
    waiting.push(part)
  }
  const [first] = waiting
  if (first) yield { extent: first.chunk, parts: waiting }
}

const isSamePlace = (a: StoredAt, b: StoredAt): boolean =>
  a.segment === b.segment && a.offset === b.offset

function orNull(error: unknown): null {
  if (isUnreadable(error)) return null
  throw error
}
