// Extents one after another while the store reads ahead of whoever wants them. One that is not where it is said to be stops
// nobody: those behind it are read on.
import { type ErrorCode, HoldfastError } from '@holdfast/protocol'
import type { ChunkStore, Extent } from './chunk-store.ts'

/** Not there, or the disk answers with an error. */
const UNREAD: readonly ErrorCode[] = ['bytes_damaged', 'store_failed']

export type WantedExtent = { readonly extent: Extent }

/**
 * Each of `wanted` with its bytes as they lie there, not compared with anything. null where they could not be had: read it
 * alone, since it may have been one that was read together with it.
 */
export async function* readWholes<T extends WantedExtent>(
  store: Pick<ChunkStore, 'readExtents'>,
  recordingId: string,
  wanted: Iterable<T>,
): AsyncGenerator<[T, Uint8Array<ArrayBuffer> | null], void, undefined> {
  const more = wanted[Symbol.iterator]()
  /** Asked of the store and not given out yet. */
  const asked: T[] = []
  function* extents() {
    for (const { extent } of [...asked]) yield extent
    for (let next = more.next(); !next.done; next = more.next()) {
      asked.push(next.value)
      yield next.value.extent
    }
  }
  for (;;) {
    try {
      for await (const bytes of store.readExtents(recordingId, extents())) {
        const first = asked.shift()
        if (first) yield [first, bytes]
      }
      return
    } catch (error) {
      const isMissing = error instanceof HoldfastError && UNREAD.includes(error.code)
      const missing = isMissing ? asked.shift() : undefined
      if (!missing) throw error
      yield [missing, null]
    }
  }
}
