// One object out of a recording's segments: META, takes, chunks by take and seq, chunks that no row names, TOTALS, DELETED.
// Then the object is opened anew and read from its first byte to its last: only what comes back counts as copied.
import { timingSafeEqual } from 'node:crypto'
import { type ChunkMove, type Db, readChunkPlaces } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import type { ChunkStore } from '../store/chunk-store.ts'
import { scanSegment } from '../store/segment-reader.ts'
import type { Finds } from './source-scan.ts'
import { type FramePlace, readChunkFrames, readStoredFrame } from './stored-frames.ts'

type Source = {
  db: Db
  store: Pick<ChunkStore, 'read' | 'stream' | 'readExtents' | 'writeObject'>
  recordingId: string
  /** Ends the copy when its lease is lost. */
  signal: AbortSignal
}

export type Copied = { object: string; bytes: number; moves: readonly ChunkMove[] }

type Written = Omit<ChunkMove, 'offset'>

/**
 * Writes and checks the object. When it rejects with anything but a loss of power the object is gone or named nowhere.
 * @param aboutBytes what the segments hold together
 * @throws HoldfastError `bytes_damaged` (a source, or the object itself), as `writeObject`; `signal.reason`
 */
export async function copyToObject(
  source: Source,
  finds: Finds,
  aboutBytes: number,
): Promise<Copied> {
  const { store, recordingId } = source
  const written: Written[] = []
  const frames = framesOf(source, finds, written)
  const { segment: object, bytes } = await store.writeObject(recordingId, frames, aboutBytes)
  const moves = await readBack(source, { object, bytes, written })
  return { object, bytes, moves }
}

async function* framesOf(
  source: Source,
  { records, takes, orphans }: Finds,
  written: Written[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const { db, store, recordingId, signal } = source
  const read = (place: FramePlace) => readStoredFrame(store, recordingId, place)
  const record = (kind: 'meta' | 'totals' | 'deleted') => {
    const place = records.get(kind)
    return place ? [place] : []
  }
  for (const place of [...record('meta'), ...takes]) yield await read(place)
  const places = readChunkPlaces(db, recordingId)
  for await (const [chunk, frame] of readChunkFrames(store, recordingId, places)) {
    signal.throwIfAborted()
    yield frame
    const { take, seq, sha256, segment, offset } = chunk
    written.push({ take, seq, sha256, from: { segment, offset } })
  }
  for (const place of [...orphans, ...record('totals'), ...record('deleted')]) {
    yield await read(place)
  }
}

type ToRead = { object: string; bytes: number; written: readonly Written[] }

/** The moves, with the places and digests of what was read back. The scan has hashed every chunk. */
async function readBack(source: Source, { object, bytes, written }: ToRead): Promise<ChunkMove[]> {
  const { store, recordingId, signal } = source
  const moves: ChunkMove[] = []
  const pieces = store.stream(recordingId, { segment: object, offset: 0 }, bytes)
  for await (const entry of scanSegment(pieces, bytes)) {
    signal.throwIfAborted()
    if (entry.kind === 'damaged') throw notAsWritten(object)
    if (entry.kind === 'end') {
      if (entry.reason !== 'clean' || entry.validBytes !== bytes) throw notAsWritten(object)
      continue
    }
    const expected = written[moves.length]
    if (entry.kind !== 'chunk' || !expected) continue
    const { take, seq, sha256 } = entry.chunk
    const isSame = take === expected.take && seq === expected.seq
    if (!isSame || !timingSafeEqual(sha256, expected.sha256)) throw notAsWritten(object)
    moves.push({ ...expected, offset: entry.offset })
  }
  if (moves.length !== written.length) throw notAsWritten(object)
  return moves
}

const notAsWritten = (object: string) =>
  new HoldfastError('bytes_damaged', {
    message: 'The object does not read back as it was written.',
    details: { object },
  })
