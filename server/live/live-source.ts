// What a viewer of a recording that goes on gets first: the take's header, and the chunk and byte to begin at. Reads
// the ends of the take only, so that joining a recording of ten hours costs what joining one of a minute does.
import {
  type Db,
  type RunChunk,
  readLastChunks,
  readNextChunks,
  readTakeHeads,
  type TakeHead,
} from '@holdfast/db'
import { decodeChunkIndex, findLiveStart, firstSeqOf, sniffContainer } from '@holdfast/media'
import type { ChunkStreams } from '../media-file/media-body.ts'
import { catchUpIndexes } from '../media-file/take-file.ts'
import type { ChunkStore } from '../store/chunk-store.ts'

export type LiveFrom = 'edge' | 'start'
export type StoredTake = {
  readonly db: Db
  readonly store: ChunkStore
  readonly chunks: ChunkStreams
}

export type LiveBeginning = {
  readonly take: number
  readonly mimeType: string
  /** Sent before the chunks; empty where chunk 0 holds it. */
  readonly header: Uint8Array
  readonly seq: number
  /** Bytes of that chunk to leave out. */
  readonly skip: number
}

/** Enough for a minute of 100 ms slices, or for a screen that stands still and has a keyframe now and then. */
const TAIL_CHUNKS = 600
/** The header is complete in the first chunk, or in the second where a recorder begins with a single byte. */
const HEAD_CHUNKS = 4
const MAGIC_BYTES = 4096

/** In the newest take; null while nothing of it can be played from anywhere. */
export async function findBeginning(
  source: StoredTake,
  recordingId: string,
  from: LiveFrom,
): Promise<LiveBeginning | null> {
  const head = (await readTakeHeads(source.db, recordingId)).at(-1)
  if (!head) return null
  const of = { recordingId, take: head.take }
  const first = await readNextChunks(source.db, { ...of, fromSeq: 0, limit: HEAD_CHUNKS })
  const header = headerOf(head, first)
  const edge = from === 'edge' && header ? await findEdge(source, of) : null
  const beginning = { take: head.take, mimeType: head.mimeType }
  if (edge && header) return { ...beginning, ...edge, header }
  if (first.length === 0 || !(header ?? (await isMedia(source.store, recordingId, first))))
    return null
  return { ...beginning, header: asBytes(head.init), seq: 0, skip: 0 }
}

async function findEdge(
  source: StoredTake,
  of: { recordingId: string; take: number },
): Promise<{ seq: number; skip: number } | null> {
  const readTail = () => readLastChunks(source.db, { ...of, limit: TAIL_CHUNKS })
  let last = await readTail()
  if (!last.at(-1)?.index) {
    await catchUpIndexes(source, of.recordingId, of.take)
    last = await readTail()
  }
  const start = findLiveStart(last.map((chunk) => ({ ...chunk, index: indexOf(chunk) })))
  const chunk = start && last[start.at]
  return chunk ? { seq: chunk.seq, skip: start.skip } : null
}

/** null while it is not known: it lies in chunks that have no index yet. */
function headerOf({ init }: TakeHead, first: readonly RunChunk[]): Uint8Array | null {
  if (init) return sniffContainer(asBytes(init)) === 'unknown' ? null : asBytes(init)
  return first.map(indexOf).find((index) => index?.header)?.header ?? null
}

/** Recorders are known to begin with a chunk of a single byte. */
async function isMedia(
  store: ChunkStore,
  recordingId: string,
  first: readonly RunChunk[],
): Promise<boolean> {
  const parts = first.map((chunk) =>
    store.read(recordingId, chunk, Math.min(chunk.bytes, MAGIC_BYTES)),
  )
  return sniffContainer(new Uint8Array(Buffer.concat(await Promise.all(parts)))) !== 'unknown'
}

/** null as well for one that an older version wrote. */
const indexOf = ({ index }: RunChunk) =>
  index && firstSeqOf(index) !== null ? decodeChunkIndex(index) : null
const asBytes = (bytes: Uint8Array | null) => new Uint8Array(bytes ?? [])
