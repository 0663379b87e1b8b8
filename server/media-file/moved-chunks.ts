// Reads chunks whose place may be out of date: whoever plays a recording has its list of places since long before a
// compaction moved them. The bytes are found again by what they are.
import { type Db, findBytes } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import type { ChunkStore, StoredAt } from '../store/chunk-store.ts'

/** A chunk, where it lay when its row was read. */
export type KnownChunk = StoredAt & { readonly sha256: Uint8Array }
/** Bytes of a chunk, from its first. */
export type Part = { readonly skip: number; readonly bytes: number }

type Source = {
  db: Db
  store: Pick<ChunkStore, 'stream'>
  /** Told that lists of places of this recording are out of date. */
  onMoved: (recordingId: string) => void
}

export class MovedChunks {
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  /**
   * As `ChunkStore.stream`. A file that is open stays readable when it is removed, so only the first piece can miss.
   * @throws HoldfastError `bytes_damaged`, `store_failed`
   */
  async *stream(
    recordingId: string,
    chunk: KnownChunk,
    { skip, bytes }: Part,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { store } = this.#source
    const from = ({ segment, offset }: StoredAt) => ({ segment, offset: offset + skip })
    let hasBegun = false
    try {
      for await (const piece of store.stream(recordingId, from(chunk), bytes)) {
        hasBegun = true
        yield piece
      }
      return
    } catch (error) {
      if (hasBegun || !(error instanceof HoldfastError) || error.code !== 'bytes_damaged')
        throw error
      const place = await this.#find(recordingId, chunk)
      if (!place) throw error
      yield* store.stream(recordingId, from(place), bytes)
    }
  }

  async #find(recordingId: string, chunk: KnownChunk): Promise<StoredAt | null> {
    const place = await findBytes(this.#source.db, recordingId, chunk.sha256)
    if (!place || place.segment === chunk.segment) return null
    this.#source.onMoved(recordingId)
    return place
  }
}
