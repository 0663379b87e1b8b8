// One take as a file, as it stood at a generation: the chunks in their order, holes and all, their indexes, the
// layout. Reads, and writes nothing but indexes, which anybody would compute alike.
import {
  type Db,
  type PlayedTake,
  readTakeChunks,
  readTakeHeads,
  type TakeChunk,
  type TakeHead,
} from '@holdfast/db'
import {
  type ChunkIndex,
  fitsHeader,
  layoutTake,
  type TakeLayoutInput,
  type VirtualFile,
} from '@holdfast/media'
import type { ChunkStore } from '../store/chunk-store.ts'
import { etagOf } from './etag.ts'
import { layOutPlainMp4 } from './plain-mp4-file.ts'
import { siblingHeaders } from './sibling-headers.ts'
import {
  catchUpTake,
  type IndexTail,
  indexTake,
  type OfTake,
  type SeqRun,
  splitAtHoles,
} from './take-indexes.ts'

/** A laid out take: the file, and where the take's bytes lie. */
export type TakeFile = {
  readonly take: number
  readonly file: VirtualFile
  readonly chunks: readonly TakeChunk[]
  /** As `takeOffsets` says. */
  readonly offsets: readonly number[]
  readonly mimeType: string
  /** Strong, with its quotes. */
  readonly etag: string
  readonly runs: readonly PlayedRun[]
  /** The takes that are in it, in order. */
  readonly played: readonly PlayedTake[]
}

/** Chunks without a hole, and when what was kept of them is played; null = not known. */
export type PlayedRun = {
  readonly firstSeq: number
  readonly lastSeq: number
  readonly startMs: number | null
  readonly endMs: number | null
}

export type Source = { db: Db; store: ChunkStore }
export type At = { recordingId: string; head: TakeHead; generation: number | null }

/**
 * The first take that has anything to play; where none has, the first one that has any bytes. null when nothing is
 * stored.
 */
export async function layOutFirst(
  heads: readonly TakeHead[],
  layOut: (head: TakeHead) => Promise<TakeFile>,
): Promise<TakeFile | null> {
  let unplayable: TakeFile | null = null
  for (const head of heads) {
    const laidOut = await layOut(head)
    // null = raw: its bytes are there, but what can be played goes before it.
    if (laidOut.file.durationMs) return laidOut
    if (!unplayable?.file.size) unplayable = laidOut
  }
  return unplayable
}

/** The take's file, out of all chunks that are there. */
export async function layOutTake(source: Source, at: At): Promise<TakeFile> {
  const take = await readIndexedTake(source, at)
  const file = layoutTake(take.input)
  const plain = file.container === 'raw' ? await layOutPlainMp4(source, at.recordingId, take) : null
  return takeFileOf(at.head, take, plain ?? file)
}

/** What a take's files are laid out from. */
export type IndexedTake = {
  readonly chunks: readonly TakeChunk[]
  readonly runs: readonly SeqRun[]
  readonly input: TakeLayoutInput
}

export async function readIndexedTake(source: Source, at: At): Promise<IndexedTake> {
  const { head } = at
  const chunks = await readTakeChunks(source.db, { ...at, take: head.take })
  const runs = splitAtHoles(chunks)
  // Chunk 0 may still come: until then a sibling's header does, if there is one that fits.
  const isBeheaded = head.init === null && (chunks[0]?.seq ?? 0) > 0
  for await (const lentHeader of isBeheaded ? siblingHeaders(source, at) : []) {
    const laid = await layChunks(source, { ...at, lentHeader }, runs)
    if (fitsHeader(lentHeader, laid))
      return { chunks, runs, input: { init: lentHeader, chunks: laid } }
  }
  const laid = await layChunks(source, at, runs)
  return { chunks, runs, input: { init: head.init && new Uint8Array(head.init), chunks: laid } }
}

async function layChunks(
  source: Source,
  of: OfTake,
  runs: readonly SeqRun[],
): Promise<TakeLayoutInput['chunks']> {
  const indexes = await indexTake(source, of, runs)
  const chunks = runs.flatMap((run) => run.chunks)
  return chunks.map(({ seq, bytes }, n) => ({
    bytes,
    index: indexes[n] as ChunkIndex,
    behindHole: seq !== (chunks[n - 1]?.seq ?? -1) + 1,
  }))
}

export function takeFileOf(
  { take, mimeType }: TakeHead,
  { chunks, runs }: IndexedTake,
  file: VirtualFile,
): TakeFile {
  const times = runs.map(({ firstSeq, chunks: { length } }, n) => ({
    firstSeq,
    lastSeq: firstSeq + length - 1,
    startMs: file.runs[n]?.startMs ?? null,
    endMs: file.runs[n]?.endMs ?? null,
  }))
  const etag = etagOf(file, chunks)
  const played = [{ take, startMs: 0, endMs: file.durationMs }]
  return { take, file, chunks, offsets: takeOffsets(chunks), mimeType, etag, runs: times, played }
}

/** Fills in the missing indexes of a take; null when they could not be filled in up to its end. */
export async function catchUpIndexes(
  source: Source,
  recordingId: string,
  take: number,
): Promise<IndexTail | null> {
  const heads = await readTakeHeads(source.db, recordingId)
  const head = heads.find((known) => known.take === take)
  if (!head) return null
  const chunks = await readTakeChunks(source.db, { recordingId, take, generation: null })
  return await catchUpTake(source, { recordingId, head }, splitAtHoles(chunks))
}

/** Take offset of the first byte of each chunk, and behind the last one the take's length. */
export function takeOffsets(chunks: readonly TakeChunk[]): number[] {
  const offsets = [0]
  for (const { bytes } of chunks) offsets.push((offsets.at(-1) ?? 0) + bytes)
  return offsets
}
