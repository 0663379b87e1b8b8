import { describe, expect, test } from 'vitest'
import { readBlockLead } from './block-lead.ts'

const NO_LACE = 0
const XIPH = 2
const FIXED = 4
const EBML = 6

/** Track 1, time 5, these flags; then what follows them. */
const block = (flags: number, ...rest: number[]) => Uint8Array.of(0x81, 0, 5, flags, ...rest)
const read = (bytes: Uint8Array, here = bytes.length, simple = true) =>
  readBlockLead(bytes.subarray(0, here), { at: 0, base: 1000, bytes: bytes.length, simple })
const frame = (bytes: number, first: number) => [first, ...Array<number>(bytes - 1).fill(0x77)]

describe('a block', () => {
  test('says track, time, and of its payload the first two bytes', () => {
    expect(read(block(0x80, 0xfb, 0x03, 1, 1))).toEqual({
      track: 1,
      relativeTicks: 5,
      keyframe: true,
      lacedFrames: 0,
      payloadAt: 1004,
      payloadBytes: 4,
      first: 0xfb,
      second: 0x03,
    })
  })

  test('is a keyframe by its flag only when it is a SimpleBlock', () => {
    expect(read(block(0x80, 1), 5, false)?.keyframe).toBe(false)
    expect(read(block(0, 1))?.keyframe).toBe(false)
  })

  test('without payload has nothing in it, laced or not', () => {
    const empty = { lacedFrames: 0, payloadBytes: 0, first: 0, second: 0 }
    for (const flags of [NO_LACE, XIPH, FIXED, EBML])
      expect(read(block(flags))).toMatchObject(empty)
  })

  test('too short for its own head is refused', () => {
    expect(() => read(Uint8Array.of(0x81, 0, 5))).toThrow('a cut block')
  })
})

describe('lacing', () => {
  const three = [...frame(300, 0xf8), ...frame(40, 1), ...frame(60, 2)]
  test.each([
    ['Xiph', block(XIPH, 2, 255, 45, 40, ...three)],
    ['EBML', block(EBML, 2, 0x41, 0x2c, 0x5e, 0xfb, ...three)],
    ['fixed', block(FIXED, 2, 0xf8, ...three.slice(1))],
  ])('%s: tells how many frames there are and finds the first', (_, bytes) => {
    expect(read(bytes)).toMatchObject({
      lacedFrames: 3,
      payloadBytes: 400,
      first: 0xf8,
      second: 0x77,
    })
  })

  test('is read alike wherever the bytes end, or waits for more', () => {
    const bytes = block(XIPH, 3, 255, 255, 45, 40, 9, ...three)
    const whole = read(bytes)
    const seen = Array.from(bytes, (_, i) => read(bytes, i)).filter((lead) => lead !== null)
    expect(seen.length).toBeGreaterThan(300)
    for (const lead of seen) expect(lead).toEqual(whole)
  })

  test.each([
    ['Xiph', XIPH, 255],
    ['EBML', EBML, 0x01],
  ])('%s: a list of sizes without end is given up after 1 KiB', (_, flags, filler) => {
    const bytes = block(flags, 255, ...Array<number>(5000).fill(filler))
    expect(read(bytes, 900)).toBe(null)
    expect(read(bytes)).toMatchObject({
      lacedFrames: 256,
      payloadBytes: 0,
      track: 1,
      relativeTicks: 5,
    })
    expect(read(bytes, 1100)).toEqual(read(bytes))
  })
})
