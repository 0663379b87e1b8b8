// The proof on recorded bytes that needs neither ffmpeg nor a browser: nothing is lost when cutting, and the file does
// not depend on where the cuts lie.
import { encodeChunkIndex, layoutTake, sniffContainer } from '@holdfast/media'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readStructure } from '../../media/fixtures/file-structure.ts'
import { corpusName, loadTakes, loadWebmTakes } from '../support/corpus.ts'
import { alignSlices, buildFile, cutAt, indexChunks, readFile } from '../support/take-pipeline.ts'

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
const placesIn = (bytes: Uint8Array) =>
  fc.array(fc.nat(bytes.length), { minLength: 1, maxLength: 40, size: 'max' })

describe(`every recorded take of ${corpusName}`, () => {
  test.each(loadTakes())('$name: init and aligned chunks are the recorded bytes', (take) => {
    for (const maxBytes of [undefined, 5000, 700]) {
      const { init, chunks } = alignSlices(take.slices, maxBytes)
      const parts = [init ?? new Uint8Array(0), ...chunks.map((chunk) => chunk.bytes)]
      expect(same(Buffer.concat(parts), take.joined)).toBe(true)
      expect(Math.max(...chunks.map((chunk) => chunk.bytes.length))).toBeLessThanOrEqual(
        maxBytes ?? 1024 * 1024,
      )
      expect(chunks.every((chunk) => chunk.bytes.length > 0)).toBe(true)
    }
  })

  test.each(loadTakes())('$name: aligned, unaligned and re-cut chunks give one file', (take) => {
    const { init, chunks } = alignSlices(take.slices)
    const aligned = buildFile(
      init,
      chunks.map((chunk) => chunk.bytes),
    ).bytes
    expect(same(buildFile(null, take.slices).bytes, aligned)).toBe(true)
    expect(same(buildFile(null, [take.joined]).bytes, aligned)).toBe(true)
    const recut = fc.property(placesIn(take.joined), fc.boolean(), (places, split) => {
      const head = split ? (init?.length ?? 0) : 0
      const media = cutAt(
        take.joined.subarray(head),
        places.map((place) => Math.max(0, place - head)),
      )
      const ownInit = head > 0 ? take.joined.subarray(0, head) : null
      expect(same(buildFile(ownInit, media).bytes, aligned)).toBe(true)
    })
    fc.assert(recut, { numRuns: 12 })
  })
})

describe(`every WebM take of ${corpusName}`, () => {
  test.each(loadWebmTakes())('$name: chunks of a camera stand on their own', (take) => {
    const { init, chunks } = alignSlices(take.slices)
    expect(init && sniffContainer(init)).toBe('webm')
    expect(chunks.every((chunk) => chunk.aligned && chunk.clusterMs !== null)).toBe(true)
    const ends = chunks.map((chunk) => chunk.endMs ?? -1)
    expect(ends).toEqual([...ends].sort((a, b) => a - b))
    // The begin of the last packet: how long that lasts only the server finds out.
    const lastsMs = (buildFile(null, take.slices).file.durationMs ?? 0) - (ends.at(-1) ?? 0)
    expect(lastsMs).toBeGreaterThan(0)
    expect(lastsMs).toBeLessThanOrEqual(200)
  })

  test.each(loadWebmTakes())('$name: any range of the file is the same bytes', (take) => {
    const { file, bytes } = buildFile(null, take.slices)
    expect(bytes.length).toBe(file.size)
    const ranges = fc.property(fc.nat(file.size), fc.nat(file.size), (a, b) => {
      const range: [number, number] = a < b ? [a, b] : [b, a]
      expect(same(readFile(file, take.slices, range), bytes.subarray(...range))).toBe(true)
    })
    fc.assert(ranges, { numRuns: 25 })
  })

  test.each(loadWebmTakes())('$name: sizes are true and every cue leads to its block', (take) => {
    const { ids, seeks, cues, clusterTicks, trailingBytes } = readStructure(
      buildFile(null, take.slices).bytes,
    )
    expect(trailingBytes).toBe(0)
    expect(ids.length).toBe(4 + clusterTicks.length)
    expect(seeks.map((seek) => seek.found)).toEqual(seeks.map((seek) => seek.id))
    expect(cues.length).toBeGreaterThan(0)
    for (const cue of cues) expect(cue.blockTicks ?? cue.clusterTicks).toBe(cue.timeTicks)
  })

  test.each(loadWebmTakes())('$name: each prefix is a file that ends at a whole block', (take) => {
    const chunks = indexChunks(null, take.slices)
    const sizes = chunks.map((_, i) => layoutTake({ init: null, chunks: chunks.slice(0, i + 1) }))
    const durations = sizes.map((file) => file.durationMs ?? 0)
    expect(durations).toEqual([...durations].sort((a, b) => a - b))
    expect(sizes.at(-1)?.mediaEnd).toBeLessThanOrEqual(take.joined.length)
  })

  test.each(loadWebmTakes())(
    '$name: an index is a hundred bytes a chunk and five a block',
    (take) => {
      const { init, chunks } = alignSlices(take.slices)
      const bytes = chunks.map((chunk) => chunk.bytes)
      const stored = indexChunks(init, bytes)
      const total = stored.reduce((sum, { index }) => sum + encodeChunkIndex(index).length, 0)
      // 100 blocks a second are PCM; others have 37.
      const seconds = (buildFile(init, bytes).file.durationMs ?? 0) / 1000
      expect(total).toBeLessThan(200 * stored.length + 100 * 5 * seconds)
    },
  )
})
