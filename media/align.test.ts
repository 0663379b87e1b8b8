import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AlignedChunk, type AlignedOutput, createAligner } from './align.ts'
import { ID } from './ebml.ts'
import { joinBytes, uintElement } from './ebml-writer.ts'
import {
  cluster,
  frame,
  header,
  keyframe,
  sound,
  unknownSized,
  VOID,
} from './fixtures/sample-webm.ts'
import { openMp4Boundaries } from './mp4-boundaries.ts'

const FIRST = joinBytes([cluster(0, keyframe(0), sound(3), frame(50))])
const SECOND = joinBytes([cluster(1000, keyframe(5), sound(60))])
const TAKE = joinBytes([header(), FIRST, SECOND])
const MP4 = joinBytes([Uint8Array.of(0, 0, 0, 24), new TextEncoder().encode('ftypiso5'), TAKE])

function align(slices: readonly Uint8Array[], maxBytes?: number) {
  const openMp4 = openMp4Boundaries
  const aligner = createAligner(maxBytes ? { maxBytes, openMp4 } : { openMp4 })
  const outputs: AlignedOutput[] = [...slices.map((slice) => aligner.push(slice)), aligner.flush()]
  const inits = outputs.filter((output) => output.init !== undefined)
  const chunks = outputs.flatMap((output): readonly AlignedChunk[] => output.chunks)
  return { outputs, inits: inits.length, init: inits[0]?.init, chunks }
}

const joined = ({ init, chunks }: ReturnType<typeof align>) =>
  joinBytes([init ?? new Uint8Array(0), ...chunks.map((chunk) => chunk.bytes)])
const byByte = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte))

test('holds back the cut element, so that each chunk begins and ends on a boundary', () => {
  const cut = header().length + FIRST.length + 1
  const { init, chunks } = align([TAKE.subarray(0, cut), TAKE.subarray(cut)])
  expect(init).toEqual(header())
  expect(chunks).toEqual([
    { bytes: FIRST, aligned: true, clusterMs: 0, endMs: 50 },
    { bytes: SECOND, aligned: true, clusterMs: 1000, endMs: 1060 },
  ])
})

test('a chunk inside a Cluster names the Cluster in force', () => {
  const cut = header().length + FIRST.length - 3
  const { chunks } = align([TAKE.subarray(0, cut), TAKE.subarray(cut)])
  expect(chunks.map((chunk) => chunk.clusterMs)).toEqual([0, 0])
  expect(chunks[1]?.bytes).toEqual(joinBytes([frame(50), SECOND]))
})

test('never tears a Cluster’s head and timecode from its first block', () => {
  const prelude = joinBytes([unknownSized(ID.cluster), VOID, uintElement(ID.timecode, 1000)])
  const bytes = joinBytes([header(), FIRST, prelude, keyframe(0)])
  const { chunks } = align(byByte(bytes))
  expect(chunks.at(-1)?.bytes).toEqual(joinBytes([prelude, keyframe(0)]))
})

test('one-byte and zero-byte slices make no other chunks than elements', () => {
  const slices = byByte(TAKE).flatMap((slice) => [slice, new Uint8Array(0)])
  const result = align(slices)
  expect(joined(result)).toEqual(TAKE)
  expect(result.chunks.every((chunk) => chunk.aligned && chunk.bytes.length > 0)).toBe(true)
  expect(result.chunks).toHaveLength(5)
})

test('a chunk’s bytes have a buffer of their own', () => {
  for (const { bytes } of align([TAKE]).chunks) expect(bytes.buffer.byteLength).toBe(bytes.length)
})

test('what is held back can be looked at, and nothing is lost by looking', () => {
  const aligner = createAligner()
  const seen: Uint8Array[] = []
  for (const slice of byByte(TAKE)) {
    const { init, chunks } = aligner.push(slice)
    seen.push(init ?? new Uint8Array(0), ...chunks.map((chunk) => chunk.bytes))
    const soFar = joinBytes([...seen, aligner.peekHeld()])
    expect(soFar).toEqual(TAKE.subarray(0, soFar.length))
  }
  expect(joinBytes([...seen, aligner.peekHeld()])).toEqual(TAKE)
})

describe('a chunk is never larger than allowed', () => {
  test('and is split between elements where that is possible', () => {
    const { chunks } = align([TAKE], 60)
    expect(chunks.every((chunk) => chunk.aligned && chunk.bytes.length <= 60)).toBe(true)
    expect(chunks.map((chunk) => chunk.clusterMs)).toEqual([0, 0, 1000])
  })

  test('a huge element is cut raw, what follows it is aligned again', () => {
    const bytes = joinBytes([header(), cluster(0, keyframe(0, 500), sound(3)), SECOND])
    for (const slices of [[bytes], byByte(bytes)]) {
      const result = align(slices, 100)
      expect(joined(result)).toEqual(bytes)
      const flags = result.chunks.map((chunk) => chunk.aligned)
      expect(flags.slice(0, 6)).toEqual([true, false, false, false, false, false])
      expect(flags.slice(6)).not.toContain(false)
      expect(flags.length).toBeGreaterThan(6)
    }
  })

  test('and a huge element is not waited for', () => {
    const aligner = createAligner({ maxBytes: 100 })
    aligner.push(joinBytes([header(), cluster(0, keyframe(0, 500)).subarray(0, 350)]))
    expect(aligner.peekHeld().length).toBeLessThanOrEqual(100)
  })

  test('where nothing parses either', () => {
    const { chunks } = align([new Uint8Array(950)], 100)
    expect(chunks.map((chunk) => chunk.bytes.length)).toEqual([...Array(9).fill(100), 50])
  })
})

describe('bytes that are not WebM are passed on as they came', () => {
  test('at once, without an init, unaligned', () => {
    const { outputs, inits, init, chunks } = align([MP4.subarray(0, 50), MP4.subarray(50)])
    expect([inits, init]).toEqual([1, null])
    expect(outputs.map((output) => output.chunks.length)).toEqual([1, 1, 0])
    expect(chunks).toEqual([
      { bytes: MP4.slice(0, 50), aligned: false, clusterMs: null, endMs: null },
      { bytes: MP4.slice(50), aligned: false, clusterMs: null, endMs: null },
    ])
  })

  test('when the take ends inside its header', () => {
    const { inits, init, chunks } = align([header()])
    expect([inits, init]).toEqual([1, null])
    expect(chunks).toEqual([{ bytes: header(), aligned: false, clusterMs: null, endMs: null }])
  })

  test('when the take is empty', () => {
    expect(align([])).toMatchObject({ inits: 1, init: null, chunks: [] })
  })

  test('from where they are damaged', () => {
    const damage = new Uint8Array(40)
    const result = align([joinBytes([header(), FIRST, damage]), SECOND])
    expect(result.chunks.map((chunk) => [chunk.aligned, chunk.bytes])).toEqual([
      [true, FIRST],
      [true, damage],
      [false, SECOND],
    ])
  })
})

test('init and chunks are the input, byte for byte, whatever it is', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(header(), FIRST, SECOND, VOID, MP4.subarray(0, 12), frame(3, 300)),
  )
  const input = fc.record({
    pieces: fc.array(piece, { maxLength: 8 }),
    places: fc.array(fc.nat(900), { maxLength: 8 }),
    maxBytes: fc.integer({ min: 1, max: 200 }),
    startsWell: fc.boolean(),
  })
  fc.assert(
    fc.property(input, ({ pieces, places, maxBytes, startsWell }) => {
      const bytes = joinBytes([startsWell ? header() : new Uint8Array(0), ...pieces])
      const bounds = [0, ...places.map((at) => Math.min(at, bytes.length)), bytes.length]
      bounds.sort((a, b) => a - b)
      const slices = bounds.slice(1).map((to, i) => bytes.subarray(bounds[i], to))
      const result = align(slices, maxBytes)
      expect(joined(result)).toEqual(bytes)
      expect(result.inits).toBe(1)
      for (const chunk of result.chunks) {
        expect(chunk.bytes.length).toBeGreaterThan(0)
        expect(chunk.bytes.length).toBeLessThanOrEqual(maxBytes)
      }
    }),
    { numRuns: 1500 },
  )
})
