// The proof on recorded MP4 that needs neither ffmpeg nor a browser. What holds for takes of every container (no byte
// lost, one file wherever the cuts lie) is proven beside it, on all of them.
import { encodeChunkIndex, layoutTake, sniffContainer } from '@holdfast/media'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMp4Samples } from '../../media/fixtures/mp4-samples.ts'
import { corpusName, loadMp4Takes } from '../support/corpus.ts'
import { alignSlices, buildFile, indexChunks, readFile } from '../support/take-pipeline.ts'

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

describe(`every MP4 take of ${corpusName}`, () => {
  test.each(loadMp4Takes())('$name: chunks are whole fragments and know their time', (take) => {
    const { init, chunks } = alignSlices(take.slices)
    expect(init && sniffContainer(init)).toBe('mp4')
    expect(chunks.every((chunk) => chunk.aligned)).toBe(true)
    for (const { bytes } of chunks) {
      expect(new TextDecoder('latin1').decode(bytes.subarray(4, 8))).toBe('moof')
    }
    const ends = chunks.map((chunk) => chunk.endMs ?? -1)
    expect(ends).toEqual([...ends].sort((a, b) => a - b))
    expect(ends.at(-1)).toBe(buildFile(null, take.slices).file.durationMs)
  })

  test.each(loadMp4Takes())(
    '$name: all media is in the file, and any range is the same',
    (take) => {
      const { file, bytes } = buildFile(null, take.slices)
      expect(bytes.length).toBe(file.size)
      expect(file.mediaEnd).toBe(take.joined.length)
      const ranges = fc.property(fc.nat(file.size), fc.nat(file.size), (a, b) => {
        const range: [number, number] = a < b ? [a, b] : [b, a]
        expect(same(readFile(file, take.slices, range), bytes.subarray(...range))).toBe(true)
      })
      fc.assert(ranges, { numRuns: 25 })
    },
  )

  test.each(loadMp4Takes())('$name: keyframes lead to samples where decoding begins', (take) => {
    const { file, bytes } = buildFile(null, take.slices)
    const keys = readMp4Samples(bytes).flatMap((track) =>
      track.samples.filter((sample) => sample.isKey).map((sample) => sample.bytes.byteOffset),
    )
    expect(file.keyframes.length).toBeGreaterThan(0)
    for (const { at } of file.keyframes) expect(keys).toContain(at)
  })

  test.each(loadMp4Takes())(
    '$name: each prefix is a file that ends at a whole fragment',
    (take) => {
      const chunks = indexChunks(null, take.slices)
      const files = chunks.map((_, i) => layoutTake({ init: null, chunks: chunks.slice(0, i + 1) }))
      const durations = files.map((file) => file.durationMs ?? 0)
      expect(durations).toEqual([...durations].sort((a, b) => a - b))
    },
  )

  test.each(loadMp4Takes())('$name: an index is a few hundred bytes a second', (take) => {
    const { init, chunks } = alignSlices(take.slices)
    const bytes = chunks.map((chunk) => chunk.bytes)
    const stored = indexChunks(init, bytes)
    const total = stored.reduce((sum, { index }) => sum + encodeChunkIndex(index).length, 0)
    const seconds = (buildFile(init, bytes).file.durationMs ?? 0) / 1000
    expect(total / seconds).toBeLessThan(450)
  })
})
