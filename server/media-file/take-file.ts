// One take as a file, as it stood at a generation: the chunks in their order, the indexes filled in where
// they are missing, the layout. Reads, and writes nothing but indexes, which anybody would compute alike.
import {
  type Db,
  readTakeChunks,
  readTakeHeads,
  type TakeChunk,
  type TakeHead,
  writeIndexes,
} from '@holdfast/db'
import {
  type ChunkIndex,
  decodeChunkIndex,
  encodeChunkIndex,
  type IndexState,
  indexChunk,
  layoutTake,
  startIndex,
  type VirtualFile,
} from '@holdfast/media'
import type { ChunkStore } from '../store/chunk-store.ts'
import { etagOf } from './etag.ts'

/** A laid out take: the file, and where the take's bytes lie. */
export type TakeFile = {
  readonly file: VirtualFile
  readonly chunks: readonly TakeChunk[]
  /** Take offset of the first byte of each chunk, and behind the last one the take's length. */
  readonly offsets: readonly number[]
  readonly mimeType: string
  /** Strong, with its quotes. */
  readonly etag: string
}

type Source = { db: Db; store: ChunkStore }
type At = { recordingId: string; head: TakeHead; generation: number | null }

/** Indexes written in one statement: a long backlog is not held in memory. */
const INDEXES_PER_WRITE = 200

/**
 * The first take that has anything to play; where none has, the first one, with an empty file. null when
 * nothing is stored. Several takes become one file later.
 */
export async function layOutFirst(
  heads: readonly TakeHead[],
  layOut: (head: TakeHead) => Promise<TakeFile>,
): Promise<TakeFile | null> {
  let first: TakeFile | null = null
  for (const head of heads) {
    const laidOut = await layOut(head)
    if (laidOut.file.size > 0 && laidOut.file.durationMs !== 0) return laidOut
    first ??= laidOut
  }
  return first
}

/** The take's file; its `chunks` end at the first hole, and so does the file. */
export async function layOutTake(source: Source, at: At): Promise<TakeFile> {
  const { head } = at
  const chunks = await readTakeChunks(source.db, { ...at, take: head.take })
  const init = head.init && new Uint8Array(head.init)
  const { indexes } = await indexTake(source, at, chunks)
  const laidOut = chunks.map(({ bytes }, n) => ({ bytes, index: indexes[n] as ChunkIndex }))
  const file = layoutTake({ init, chunks: laidOut })
  const { mimeType } = head
  return { file, chunks, offsets: offsetsOf(chunks), mimeType, etag: etagOf(file, chunks) }
}

/** Fills in the missing indexes of the take's contiguous beginning and tells where they end. */
export async function catchUpIndexes(
  source: Source,
  recordingId: string,
  take: number,
): Promise<{ nextSeq: number; state: IndexState }> {
  const heads = await readTakeHeads(source.db, recordingId)
  const head = heads.find((known) => known.take === take)
  if (!head) return { nextSeq: 0, state: startIndex(null) }
  const chunks = await readTakeChunks(source.db, { recordingId, take, generation: null })
  const { state } = await indexTake(source, { recordingId, head, generation: null }, chunks)
  return { nextSeq: chunks.length, state }
}

async function indexTake(
  source: Source,
  { recordingId, head }: At,
  chunks: readonly TakeChunk[],
): Promise<{ indexes: ChunkIndex[]; state: IndexState }> {
  const init = head.init && new Uint8Array(head.init)
  const indexes: ChunkIndex[] = []
  let state = startIndex(init)
  const writer = new IndexWriter(source.db, {
    recordingId,
    take: head.take,
    hasInit: init !== null,
  })
  for (const chunk of chunks) {
    const index = chunk.index
      ? decodeChunkIndex(new Uint8Array(chunk.index))
      : indexChunk(state, await source.store.read(recordingId, chunk, chunk.bytes)).index
    if (!chunk.index) await writer.add(chunk.seq, index)
    indexes.push(index)
    state = index.after
  }
  await writer.flush()
  return { indexes, state }
}

class IndexWriter {
  readonly #db: Db
  readonly #take: Parameters<typeof writeIndexes>[1]
  #waiting: { seq: number; index: Uint8Array }[] = []

  constructor(db: Db, take: Parameters<typeof writeIndexes>[1]) {
    this.#db = db
    this.#take = take
  }

  async add(seq: number, index: ChunkIndex): Promise<void> {
    this.#waiting.push({ seq, index: encodeChunkIndex(index) })
    if (this.#waiting.length >= INDEXES_PER_WRITE) await this.flush()
  }

  async flush(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    await writeIndexes(this.#db, this.#take, waiting)
  }
}

function offsetsOf(chunks: readonly TakeChunk[]): number[] {
  const offsets = [0]
  for (const { bytes } of chunks) offsets.push((offsets.at(-1) ?? 0) + bytes)
  return offsets
}
