// Reads chunks for whoever plays them: nothing is given out that is not what was acknowledged. Every chunk is read whole and
// compared with its sha256 before its first byte leaves, however few of its bytes are wanted. And a place may be out of date:
// whoever plays a recording has its list since long before a compaction. The bytes are found again by what they are.
import { type Db, findPlaces } from '@holdfast/db'
import type { ChunkStore, StoredAt } from '../store/chunk-store.ts'
import { isDamage, type KnownChunk, readSound } from '../verify/sound-bytes.ts'

/** Bytes of a chunk, from its first. */
export type Part = { readonly skip: number; readonly bytes: number }

type Source = {
  db: Db
  store: Pick<ChunkStore, 'read'>
  /** Told that lists of places of this recording are out of date. */
  onMoved: (recordingId: string) => void
  /** Told of bytes that are nowhere as they were acknowledged. */
  onDamage: (recordingId: string, sha256: Uint8Array) => void
}

/** Memory of the pieces that are given out. */
const PIECE_BYTES = 256 * 1024

export class SoundChunks {
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  /** In pieces of bounded size. @throws HoldfastError `bytes_damaged`, `store_failed`, before any of the chunk was given out */
  async *stream(
    recordingId: string,
    chunk: KnownChunk,
    { skip, bytes }: Part,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const whole = await this.#read(recordingId, chunk)
    const end = Math.min(whole.length, skip + bytes)
    for (let at = skip; at < end; at += PIECE_BYTES) {
      yield whole.subarray(at, Math.min(end, at + PIECE_BYTES))
    }
  }

  async #read(recordingId: string, chunk: KnownChunk): Promise<Uint8Array<ArrayBuffer>> {
    const { store, onDamage } = this.#source
    try {
      return await readSound(store, recordingId, chunk)
    } catch (error) {
      if (!isDamage(error)) throw error
      const found = await this.#readElsewhere(recordingId, chunk)
      if (found) return found
      onDamage(recordingId, chunk.sha256)
      throw error
    }
  }

  async #readElsewhere(
    recordingId: string,
    chunk: KnownChunk,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const { db, store, onMoved } = this.#source
    for (const place of await findPlaces(db, recordingId, chunk.sha256)) {
      if (isSamePlace(place, chunk)) continue
      const bytes = await readSound(store, recordingId, place).catch(orNull)
      if (!bytes) continue
      onMoved(recordingId)
      return bytes
    }
    return null
  }
}

const isSamePlace = (a: StoredAt, b: StoredAt): boolean =>
  a.segment === b.segment && a.offset === b.offset

function orNull(error: unknown): null {
  if (isDamage(error)) return null
  throw error
}
