// Where indexing stands at the end of each take, so that a chunk that follows directly gets its index in the
// same row, and finalizing an hour reads nothing again. Only behind chunks that are durable: an index computed
// behind a chunk that was refused would describe another file.
import { type ChunkIndex, indexChunk } from '@holdfast/media'
import type { Chunk } from '@holdfast/protocol'
import type { IndexTail } from '../media-file/take-indexes.ts'

/** An index, and the run that it belongs to. */
export type TailIndex = Pick<IndexTail, 'firstSeq' | 'hasInit'> & { readonly index: ChunkIndex }

export class IndexTails {
  readonly #tails = new Map<number, IndexTail>()

  /** The take's end is known: nothing behind it is stored or on its way. */
  set(take: number, tail: IndexTail): void {
    this.#tails.set(take, tail)
  }

  /** The take's end is not known any more. */
  forget(take: number): void {
    this.#tails.delete(take)
  }

  /**
   * The index of a chunk that follows directly; null when what is before it is not known. Until `set`, whatever
   * comes next of this take gets none.
   */
  index(chunk: Chunk): TailIndex | null {
    const { take, seq, bytes } = chunk
    const tail = this.#tails.get(take)
    this.#tails.delete(take)
    if (tail?.nextSeq !== seq) return null
    const { firstSeq, hasInit, state } = tail
    return { firstSeq, hasInit, index: indexChunk(state, bytes, chunk).index }
  }
}
