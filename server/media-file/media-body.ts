// The bytes [from, to) of a virtual file, read from the store as they are wanted and no sooner.
import { patchBytes, readPlan } from '@holdfast/media'
import type { SoundChunks } from './sound-chunks.ts'
import type { TakeFile } from './take-file.ts'

/** Reads chunks, wherever they lie by now, and gives out nothing else. */
export type ChunkStreams = Pick<SoundChunks, 'stream'>

type Wanted = { recordingId: string; from: number; to: number }

/** Small pieces are joined up to this, so that a Cluster's head of 12 bytes is no write of its own. */
const JOINED_BYTES = 64 * 1024

export async function* mediaBytes(
  store: ChunkStreams,
  laidOut: TakeFile,
  wanted: Wanted,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for await (const piece of pieces(store, laidOut, wanted)) {
    waiting.push(piece)
    bytes += piece.length
    if (bytes < JOINED_BYTES) continue
    yield join(waiting, bytes)
    waiting = []
    bytes = 0
  }
  if (bytes > 0) yield join(waiting, bytes)
}

function join(parts: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

async function* pieces(
  store: ChunkStreams,
  laidOut: TakeFile,
  { recordingId, from, to }: Wanted,
): AsyncGenerator<Uint8Array> {
  for (const piece of readPlan(laidOut.file, from, to)) {
    if ('literal' in piece) yield piece.literal
    else {
      let at = piece.from
      for await (const bytes of takeBytes(store, laidOut, { recordingId, ...piece })) {
        yield patchBytes(laidOut.file.patches, at, bytes)
        at += bytes.length
      }
    }
  }
}

/** Bytes [from, to) of the take itself as they are stored, chunk by chunk. */
export async function* takeBytes(
  store: ChunkStreams,
  { chunks, offsets }: Pick<TakeFile, 'chunks' | 'offsets'>,
  { recordingId, from, to }: Wanted,
): AsyncGenerator<Uint8Array> {
  for (let n = chunkAt(offsets, from); n < chunks.length; n += 1) {
    const chunk = chunks[n]
    const start = offsets[n] ?? 0
    if (!chunk || start >= to) return
    const skip = Math.max(0, from - start)
    const bytes = Math.min(chunk.bytes, to - start) - skip
    if (bytes <= 0) continue
    yield* store.stream(recordingId, chunk, { skip, bytes })
  }
}

/** The chunk that holds the take's byte `at`, by binary search. */
function chunkAt(offsets: readonly number[], at: number): number {
  let low = 0
  let high = offsets.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((offsets[middle] ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return low
}
