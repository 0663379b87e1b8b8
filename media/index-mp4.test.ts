import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinBytes } from './ebml-writer.ts'
import { AUDIO, mp4Header, second, VIDEO } from './fixtures/sample-mp4.ts'
import { type ChunkIndex, indexChunk, mediaEndMs, startIndex } from './index-chunk.ts'
import { decodeChunkIndex, encodeChunkIndex } from './index-codec.ts'
import { layoutTake } from './layout.ts'
import { MediaError } from './media-error.ts'

const HEADER = mp4Header()
const MEDIA = joinBytes([second(0), second(1)])
const TAKE = joinBytes([HEADER, MEDIA])

/** Each index goes through its stored form, and the next one starts from that alone. */
function indexAll(init: Uint8Array | null, chunks: readonly Uint8Array[]): ChunkIndex[] {
  let state = startIndex(init)
  return chunks.map((bytes) => {
    const { index } = indexChunk(state, bytes)
    const stored = decodeChunkIndex(encodeChunkIndex(index))
    expect(stored).toEqual(index)
    state = stored.after
    return stored
  })
}

function fileOf(init: Uint8Array | null, chunks: readonly Uint8Array[]) {
  const indexes = indexAll(init, chunks)
  return layoutTake({
    init,
    chunks: indexes.map((index, i) => ({ bytes: chunks[i]?.length ?? 0, index })),
  })
}

const cut = (bytes: Uint8Array, places: readonly number[]) => {
  const bounds = [0, ...[...places].sort((a, b) => a - b), bytes.length]
  return bounds.slice(1).map((to, i) => bytes.subarray(bounds[i], to))
}

test('spans tell which times of each track a chunk’s moofs speak of', () => {
  const [index] = indexAll(HEADER, [MEDIA])
  expect(index?.spans).toEqual([
    { track: VIDEO, firstMs: 0, lastMs: 1950 },
    { track: AUDIO, firstMs: 0, lastMs: 1980 },
  ])
  expect(index && mediaEndMs(index.after)).toBe(1980)
})

test('the header is in the index of chunk 0, whether or not there was an init', () => {
  expect(indexAll(HEADER, [MEDIA])[0]?.header).toEqual(HEADER)
  expect(indexAll(null, [TAKE])[0]?.header).toEqual(HEADER)
})

test('the file is the same wherever the bytes were cut, one byte a chunk included', () => {
  const whole = fileOf(null, [TAKE])
  expect(whole.container).toBe('mp4')
  expect(
    fileOf(
      null,
      Array.from(TAKE, (byte) => Uint8Array.of(byte)),
    ),
  ).toEqual(whole)
  fc.assert(
    fc.property(fc.array(fc.nat(TAKE.length), { maxLength: 9 }), (places) => {
      expect(fileOf(null, cut(TAKE, places))).toEqual(whole)
    }),
  )
})

test('an init may be any beginning of the header: the file is the same', () => {
  const whole = fileOf(null, [TAKE])
  for (let at = HEADER.length; at > 0; at -= 7) {
    const file = fileOf(TAKE.subarray(0, at), [TAKE.subarray(at)])
    expect(file).toMatchObject({ container: 'mp4', size: whole.size, durationMs: 1980 })
    expect(file.header.length).toBe(whole.header.length)
  }
})

test('one-byte chunks inside a moof do not make the index grow', () => {
  const indexes = indexAll(
    HEADER,
    Array.from(second(0), (byte) => Uint8Array.of(byte)),
  )
  const sizes = indexes.map((index) => encodeChunkIndex(index).length)
  // The first one has the header.
  expect(Math.max(...sizes.slice(1))).toBeLessThan(200)
})

test('a stored index that is cut, changed or garbage makes a MediaError, never another', () => {
  const good = encodeChunkIndex(indexAll(HEADER, [MEDIA])[0] as ChunkIndex)
  const changed = fc
    .tuple(fc.nat(good.length - 1), fc.nat(255))
    .map(([at, byte]) => good.with(at, byte))
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.of(2, ...rest)),
    fc.nat(good.length - 1).map((end) => good.slice(0, end)),
    changed,
  )
  fc.assert(
    fc.property(bytes, (input) => {
      try {
        decodeChunkIndex(input)
      } catch (error) {
        expect(error).toBeInstanceOf(MediaError)
      }
    }),
    { numRuns: 1000 },
  )
})
