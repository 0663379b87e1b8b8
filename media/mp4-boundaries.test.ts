import { describe, expect, test } from 'vitest'
import { type AlignedOutput, createAligner } from './align.ts'
import { joinBytes } from './ebml-writer.ts'
import { fragment, mp4Header, second, VIDEO } from './fixtures/sample-mp4.ts'
import { openMp4Boundaries } from './mp4-boundaries.ts'
import { box } from './mp4-writer.ts'

const HEADER = mp4Header()
const TAKE = joinBytes([HEADER, second(0), second(1), second(2)])

function align(slices: readonly Uint8Array[], maxBytes?: number) {
  const aligner = createAligner({ ...(maxBytes && { maxBytes }), openMp4: openMp4Boundaries })
  const outputs: AlignedOutput[] = [...slices.map((slice) => aligner.push(slice)), aligner.flush()]
  const init = outputs.find((output) => output.init !== undefined)?.init
  const chunks = outputs.flatMap((output) => output.chunks)
  const joined = joinBytes([init ?? new Uint8Array(0), ...chunks.map((chunk) => chunk.bytes)])
  return { init, chunks, joined }
}

const byByte = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte))

test('the init is ftyp and moov, a chunk is whole fragments, however the bytes come', () => {
  const cuts = [1, 4, 8, 23, 24, 31, 40, HEADER.length - 1, HEADER.length].map((at) => [
    TAKE.subarray(0, at),
    TAKE.subarray(at),
  ])
  for (const slices of [[TAKE], byByte(TAKE), ...cuts]) {
    const { init, chunks, joined } = align(slices)
    expect(init).toEqual(HEADER)
    expect(Buffer.compare(joined, TAKE)).toBe(0)
    expect(chunks.every((chunk) => chunk.aligned)).toBe(true)
    expect(chunks.at(-1)?.endMs).toBe(2980)
  }
  expect(align(byByte(TAKE)).chunks.map((chunk) => chunk.bytes)).toEqual(
    [0, 1, 2].map((n) => second(n)),
  )
})

test('a moof is never torn from its data', () => {
  const moofBytes = second(0).length - 300
  const { chunks } = align([
    TAKE.subarray(0, HEADER.length + moofBytes),
    TAKE.subarray(HEADER.length + moofBytes),
  ])
  expect(chunks[0]?.bytes.subarray(0, second(0).length)).toEqual(second(0))
})

test('nor where its data lies in two boxes', () => {
  const one = fragment({ track: VIDEO, ticks: 0, samples: [{ bytes: 40, duration: 50 }] })
  // The same bytes, the mdat cut in two: the second one's head lies among the samples.
  const at = one.length - 48
  const halves = [box('mdat', new Uint8Array(10)), box('mdat', new Uint8Array(22))]
  const torn = joinBytes([HEADER, one.subarray(0, at), ...halves])
  expect(align(byByte(torn)).chunks.map((chunk) => chunk.bytes.length)).toEqual([one.length])
})

test('boxes beside the fragments are places to cut too', () => {
  const free = box('free', new Uint8Array(5))
  const bytes = joinBytes([HEADER, free, second(0), free])
  expect(align(byByte(bytes)).chunks.map((chunk) => chunk.bytes)).toEqual([free, second(0), free])
})

describe('a fragment larger than a chunk may be', () => {
  test('is cut raw, and what follows it is aligned again', () => {
    const bytes = joinBytes([HEADER, second(0, 900), second(1)])
    for (const slices of [[bytes], byByte(bytes)]) {
      const { chunks, joined } = align(slices, 4000)
      expect(joined).toEqual(bytes)
      expect(Math.max(...chunks.map((chunk) => chunk.bytes.length))).toBeLessThanOrEqual(4000)
      const aligned = chunks.map((chunk) => chunk.aligned)
      expect(aligned.slice(0, 3)).toEqual([true, false, false])
      expect(aligned.at(-1)).toBe(true)
      expect(chunks.at(-1)?.bytes).toEqual(second(1))
    }
  })

  test('is not waited for', () => {
    const aligner = createAligner({ maxBytes: 1000, openMp4: openMp4Boundaries })
    aligner.push(joinBytes([HEADER, second(0, 900).subarray(0, 9000)]))
    expect(aligner.peekHeld().length).toBeLessThanOrEqual(1000)
  })
})

test('what is damaged is passed on as it comes', () => {
  const damage = new Uint8Array(50)
  const { chunks, joined } = align([joinBytes([HEADER, second(0), damage]), second(1)])
  expect(joined).toEqual(joinBytes([HEADER, second(0), damage, second(1)]))
  expect(chunks.map((chunk) => chunk.aligned)).toEqual([true, true])
})
