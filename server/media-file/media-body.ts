// The bytes [from, to) of a virtual file, read from the store as they are wanted and no sooner.
import { patchBytes, readPlan } from '@holdfast/media'
import type { Part, SoundChunks } from './sound-chunks.ts'
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
  const plan = readPlan(laidOut.file, from, to)
  // One stream for all of it: what is made here lies between bytes that are stored close together.
  const ranges = plan.filter((piece) => 'from' in piece)
  const stored = store.stream(recordingId, partsOf(laidOut, ranges))
  try {
    for (const piece of plan) {
      if ('literal' in piece) {
        yield piece.literal
        continue
      }
      for (let at = piece.from; at < piece.to; ) {
        const { done, value } = await stored.next()
        if (done) return
        yield patchBytes(laidOut.file.patches, at, value)
        at += value.length
      }
    }
  } finally {
    await stored.return()
  }
}

type Range = { readonly from: number; readonly to: number }

/** What of which chunk holds these bytes of the take, range by range. */
export function* partsOf(
  { chunks, offsets }: Pick<TakeFile, 'chunks' | 'offsets'>,
  ranges: Iterable<Range>,
): Generator<Part, void, undefined> {
  for (const { from, to } of ranges) {
    for (let n = chunkAt(offsets, from); n < chunks.length; n += 1) {
      const chunk = chunks[n]
      const start = offsets[n] ?? 0
      if (!chunk || start >= to) break
      const skip = Math.max(0, from - start)
      const bytes = Math.min(chunk.bytes, to - start) - skip
      if (bytes > 0) yield { chunk, skip, bytes }
    }
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
