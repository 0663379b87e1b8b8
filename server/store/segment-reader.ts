// Reads a segment without the ledger: every frame that is whole, where it lies, and where the segment stops
// making sense. Never throws on what it reads: a torn tail is what a crash leaves, not an error (R10).
import { createHash } from 'node:crypto'
import {
  type Chunk,
  FRAME,
  type Frame,
  FrameStreamDecoder,
  HoldfastError,
  readChunk,
  readJson,
  readTake,
  type Take,
} from '@holdfast/protocol'
import { contentOffset, MAX_STORED_FRAME_BYTES, storedBytes } from './frame-place.ts'
import { RECORD, readRecord, type StoreRecord } from './store-record.ts'

type Content =
  | { readonly kind: 'take'; readonly take: number; readonly body: Take }
  /** Its bytes match its sha256. */
  | { readonly kind: 'chunk'; readonly chunk: Chunk }
  | { readonly kind: 'record'; readonly record: StoreRecord }
  /** A frame of a known type whose content is not what was written. What follows may be whole. */
  | { readonly kind: 'damaged'; readonly type: number; readonly take: number; readonly seq: number }

export type SegmentEnd = {
  readonly kind: 'end'
  /** `torn`: the file stops inside a frame · `garbage`: not a frame · `unreadable`: an I/O error. */
  readonly reason: 'clean' | 'torn' | 'garbage' | 'unreadable'
  /** Up to here everything is whole frames. */
  readonly validBytes: number
}

/** `offset` is where the content begins, as in the ledger. */
export type SegmentEntry = Content & { readonly offset: number }

const RECORD_TYPES: readonly number[] = Object.values(RECORD)

function readContent(frame: Frame): Content | null {
  const { type, take, seq } = frame
  const damaged = { kind: 'damaged', type, take, seq } as const
  if (type === FRAME.CHUNK) {
    const chunk = readChunk(frame)
    const isWhole = createHash('sha256').update(chunk.bytes).digest().equals(chunk.sha256)
    return isWhole ? { kind: 'chunk', chunk } : damaged
  }
  if (type === FRAME.TAKE) return { kind: 'take', take, body: readTake(readJson(frame)) }
  if (!RECORD_TYPES.includes(type)) return null
  const record = readRecord(frame)
  return record ? { kind: 'record', record } : damaged
}

/** null: no frame of ours, so its length means nothing either. */
function tryContent(frame: Frame): Content | null {
  try {
    return readContent(frame)
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return { kind: 'damaged', type: frame.type, take: frame.take, seq: frame.seq }
  }
}

/**
 * Yields what the pieces of one segment hold, in order, and at last its end. Holds one frame in memory.
 * @param pieces all of the segment, as `ChunkStore.stream` gives it from offset 0
 * @param maxFrameBytes no frame can be longer: the size of the segment
 */
export async function* scanSegment(
  pieces: AsyncIterable<Uint8Array>,
  maxFrameBytes: number,
): AsyncGenerator<SegmentEntry | SegmentEnd, void, undefined> {
  const decoder = new FrameStreamDecoder(Math.min(maxFrameBytes, MAX_STORED_FRAME_BYTES))
  let start = 0
  let validBytes = 0
  const end = (reason: SegmentEnd['reason']): SegmentEnd => ({ kind: 'end', reason, validBytes })
  try {
    for await (const piece of pieces) {
      for (const frame of decoder.push(piece)) {
        const content = tryContent(frame)
        if (!content) return yield end('garbage')
        const offset = contentOffset(frame, start)
        start += storedBytes(frame)
        if (content.kind !== 'damaged') validBytes = start
        yield { ...content, offset }
      }
    }
  } catch (error) {
    return yield end(reasonOf(error))
  }
  yield end(decoder.isBetweenFrames() ? 'clean' : 'torn')
}

/** A length past the end of the file looks the same whether the tail or the length was lost. */
function reasonOf(error: unknown): SegmentEnd['reason'] {
  if (!(error instanceof HoldfastError)) return 'unreadable'
  if (error.code === 'bad_frame') return 'garbage'
  return error.code === 'store_failed' ? 'unreadable' : 'torn'
}
