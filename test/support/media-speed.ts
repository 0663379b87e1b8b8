// How fast media is on this machine, for the bench and for a generous floor in the tests.
import {
  type ChunkIndex,
  createAligner,
  decodeChunkIndex,
  encodeChunkIndex,
  indexChunk,
  layoutTake,
  openMp4Boundaries,
  startIndex,
} from '@holdfast/media'

export type MediaSpeed = {
  readonly chunks: number
  readonly clusters: number
  readonly bytes: number
  readonly alignMsPerChunk: number
  readonly indexMsPerChunk: number
  readonly alignBytesPerSecond: number
  readonly indexBytesPerSecond: number
  readonly indexBytesPerChunk: number
  readonly decodeMs: number
  readonly layoutMs: number
  readonly headerBytes: number
}

/** Runs a whole take through client and server side once; the bytes are not kept. */
export function measureMedia(slices: Iterable<Uint8Array>): MediaSpeed {
  const aligner = createAligner({ openMp4: openMp4Boundaries })
  const stored: { bytes: number; encoded: Uint8Array }[] = []
  let init: Uint8Array | null = null
  let state = startIndex(null)
  let bytes = 0
  let alignMs = 0
  let indexMs = 0
  for (const slice of slices) {
    bytes += slice.length
    const aligned = timed(() => aligner.push(slice))
    alignMs += aligned.ms
    if (aligned.value.init) {
      init = aligned.value.init
      state = startIndex(init)
    }
    for (const chunk of aligned.value.chunks) {
      const indexed = timed(() => {
        const { index } = indexChunk(state, chunk.bytes)
        return { encoded: encodeChunkIndex(index), after: index.after }
      })
      indexMs += indexed.ms
      state = indexed.value.after
      stored.push({ bytes: chunk.bytes.length, encoded: indexed.value.encoded })
    }
  }
  const decoded = timed(() =>
    stored.map(({ bytes: length, encoded }): { bytes: number; index: ChunkIndex } => ({
      bytes: length,
      index: decodeChunkIndex(encoded),
    })),
  )
  const file = timed(() => layoutTake({ init, chunks: decoded.value }))
  const encodedBytes = stored.reduce((sum, { encoded }) => sum + encoded.length, 0)
  return {
    chunks: stored.length,
    clusters: file.value.extents.length / 2,
    bytes,
    alignMsPerChunk: alignMs / stored.length,
    indexMsPerChunk: indexMs / stored.length,
    alignBytesPerSecond: (bytes * 1000) / alignMs,
    indexBytesPerSecond: (bytes * 1000) / indexMs,
    indexBytesPerChunk: encodedBytes / stored.length,
    decodeMs: decoded.ms,
    layoutMs: file.ms,
    headerBytes: file.value.header.length,
  }
}

function timed<T>(work: () => T): { ms: number; value: T } {
  const startedAt = performance.now()
  const value = work()
  return { ms: performance.now() - startedAt, value }
}
