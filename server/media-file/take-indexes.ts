// The indexes of a take's chunks, run by run: read from the ledger where they are true, else made from the bytes and
// written. Behind a hole a run is indexed on its own; filling the hole makes those indexes void.
import { type Db, type TakeChunk, type TakeHead, writeIndexes } from '@holdfast/db'
import {
  type ChunkIndex,
  decodeChunkIndex,
  encodeChunkIndex,
  firstSeqOf,
  type IndexState,
  indexChunk,
  resumeIndex,
  startIndex,
} from '@holdfast/media'
import type { ChunkStore } from '../store/chunk-store.ts'
import { readSound } from '../verify/sound-bytes.ts'

export type TakeSource = { readonly db: Db; readonly store: ChunkStore }
export type OfTake = {
  readonly recordingId: string
  readonly head: TakeHead
  /** Another take's header in the place of one that is lost. What is indexed with it is not kept. */
  readonly lentHeader?: Uint8Array | null
}

/** Chunks that follow each other. */
export type SeqRun = { readonly firstSeq: number; readonly chunks: readonly TakeChunk[] }

/** Where indexing stands behind a chunk; `firstSeq` = where its run begins. */
export type IndexTail = {
  readonly firstSeq: number
  readonly nextSeq: number
  readonly state: IndexState
  /** It began with a header of its own, and not with what the chunks hold. */
  readonly hasInit: boolean
}

/** Indexes written in one statement: a long backlog is not held in memory. */
const INDEXES_PER_WRITE = 200

export function splitAtHoles(chunks: readonly TakeChunk[]): SeqRun[] {
  const runs: { firstSeq: number; chunks: TakeChunk[] }[] = []
  for (const chunk of chunks) {
    const run = runs.at(-1)
    if (run && chunk.seq === run.firstSeq + run.chunks.length) run.chunks.push(chunk)
    else runs.push({ firstSeq: chunk.seq, chunks: [chunk] })
  }
  return runs
}

/** The index of every chunk of these runs, in order. @throws HoldfastError `bytes_damaged`, `store_failed` */
export async function indexTake(
  source: TakeSource,
  of: OfTake,
  runs: readonly SeqRun[],
): Promise<ChunkIndex[]> {
  const indexer = new TakeIndexer(source, of)
  const indexes: ChunkIndex[] = []
  for (const run of runs) {
    for await (const { index } of indexer.indexRun(run)) indexes.push(index)
  }
  await indexer.flush()
  return indexes
}

/**
 * Fills in the indexes that are missing while the recording goes on, and tells where they end. Behind a hole it makes
 * none anew: whatever fills holes backwards, each chunk is indexed a few times at most before it is finalized.
 * @returns null when the end was not reached
 */
export async function catchUpTake(
  source: TakeSource,
  of: OfTake,
  runs: readonly SeqRun[],
): Promise<IndexTail | null> {
  const indexer = new TakeIndexer(source, of)
  const hasInit = of.head.init !== null
  let tail: IndexTail | null = {
    firstSeq: 0,
    nextSeq: 0,
    state: startIndex(of.head.init && new Uint8Array(of.head.init)),
    hasInit,
  }
  for (const run of runs) {
    tail = null
    for await (const { chunk, index, wasVoid } of indexer.indexRun(run)) {
      // What follows a run that nobody could look into must not be indexed behind it.
      const isBlind = index.after.container === 'raw'
      if ((wasVoid || isBlind) && run.firstSeq > 0) break
      if (chunk === run.chunks.at(-1)) {
        tail = { firstSeq: run.firstSeq, nextSeq: chunk.seq + 1, state: index.after, hasInit }
      }
    }
  }
  await indexer.flush()
  return tail
}

const NOTHING = new Uint8Array(0)

type Indexed = { chunk: TakeChunk; index: ChunkIndex; wasVoid: boolean }

class TakeIndexer {
  readonly #source: TakeSource
  readonly #of: OfTake
  readonly #init: Uint8Array | null
  /** The container's header as far as it is known. */
  #header: Uint8Array | null
  #waiting: Parameters<typeof writeIndexes>[2][number][] = []

  constructor(source: TakeSource, of: OfTake) {
    this.#source = source
    this.#of = of
    this.#init = of.head.init && new Uint8Array(of.head.init)
    this.#header = this.#init ?? of.lentHeader ?? null
  }

  async *indexRun({ firstSeq, chunks }: SeqRun): AsyncGenerator<Indexed> {
    const [first] = chunks
    if (!first) return
    let state = firstSeq === 0 ? startIndex(this.#init) : resumeIndex(this.#header, first)
    // Without a header nothing can be said, and nothing is looked at; a lent one may turn out to be another's.
    const isBlind = firstSeq > 0 && state.container === 'raw'
    const isFinal = firstSeq === 0 || !(isBlind || this.#of.lentHeader)
    for (const chunk of chunks) {
      const known = readStored(chunk, firstSeq)
      const bytes = known || isBlind ? NOTHING : await this.#read(chunk)
      const index = known ?? indexChunk(state, bytes, chunk).index
      if (!known && isFinal) await this.#write(chunk, { firstSeq, index })
      if (firstSeq === 0) this.#header = index.header ?? this.#header
      state = index.after
      yield { chunk, index, wasVoid: !known && chunk.index !== null }
    }
  }

  async flush(): Promise<void> {
    const { recordingId, head } = this.#of
    const waiting = this.#waiting
    this.#waiting = []
    const take = { recordingId, take: head.take, hasInit: this.#init !== null }
    await writeIndexes(this.#source.db, take, waiting)
  }

  async #read(chunk: TakeChunk): Promise<Uint8Array> {
    return await readSound(this.#source.store, this.#of.recordingId, chunk)
  }

  /** The true one of two stored forms is that of the longer run: holes are filled, they are not made. */
  async #write(chunk: TakeChunk, { firstSeq, index }: { firstSeq: number; index: ChunkIndex }) {
    const stored = chunk.index && firstSeqOf(new Uint8Array(chunk.index))
    if (stored !== null && stored < firstSeq) return
    this.#waiting.push({
      seq: chunk.seq,
      index: encodeChunkIndex(index, firstSeq),
      replaces: chunk.index,
    })
    if (this.#waiting.length >= INDEXES_PER_WRITE) await this.flush()
  }
}

/** null when there is none, or one that another run or version of ours made. */
function readStored({ index }: TakeChunk, firstSeq: number): ChunkIndex | null {
  const bytes = index && new Uint8Array(index)
  return bytes && firstSeqOf(bytes) === firstSeq ? decodeChunkIndex(bytes) : null
}
