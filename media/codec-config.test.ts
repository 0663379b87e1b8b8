// What MP4 wants said of codecs, out of what WebM has: the first bytes of keyframes as Chromium 156 and ffmpeg 5.1 wrote
// them, and the boxes that ffmpeg wrote for the same streams.
import { describe, expect, test } from 'vitest'
import { makeAv1C } from './av1-config.ts'
import { BitReader } from './bit-reader.ts'
import { joinBytes } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'
import { readOpusHead } from './opus-config.ts'
import { makeVpcC } from './vp9-config.ts'

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
/** Behind size, type, version and flags. */
const fieldsOf = (box: Uint8Array) => toHex(box.subarray(12))

describe('VP9', () => {
  const small = { pixels: 640 * 360, picturesPerSecond: 20 }

  test('says profile, level, depth, chroma and colours of the keyframe', () => {
    expect(fieldsOf(makeVpcC(fromHex('824983426013f00b3636'), small))).toBe('0015820606060000')
    // Profile 3, 10 bits, 4:4:4.
    expect(fieldsOf(makeVpcC(fromHex('b024c1a10000ee03b8'), small))).toBe('0315a60202020000')
  })

  test.each([
    [320 * 180, 20, 11],
    [1280 * 720, 30, 31],
    [1920 * 1080, 60, 41],
    [3840 * 2160, 60, 51],
    [16_384 * 8704, 240, 62],
  ])('%i pixels at %i a second are level %i', (pixels, picturesPerSecond, level) => {
    const box = makeVpcC(fromHex('824983426013f00b3636'), { pixels, picturesPerSecond })
    expect(box[13]).toBe(level)
  })

  test('of which this is no keyframe is a MediaError', () => {
    for (const bytes of ['', '82', '8649834260', '824983430013f0', '00000000000000']) {
      expect(() => makeVpcC(fromHex(bytes), small)).toThrow(MediaError)
    }
  })
})

describe('AV1', () => {
  const delimiter = '1200'
  const sequence = '0a0d000000043cfecc01a20c0c0c08'
  const keyframe = fromHex(`${delimiter}${sequence}32c00b104b`)

  test('keeps the CodecPrivate and adds the sequence header that it lacks', () => {
    expect(toHex(makeAv1C(fromHex('81090c00'), keyframe).subarray(8))).toBe(`81090c00${sequence}`)
    expect(toHex(makeAv1C(fromHex('81090c000a01ff'), keyframe).subarray(8))).toBe('81090c000a01ff')
    expect(toHex(makeAv1C(fromHex('81090c00'), fromHex('3200')).subarray(8))).toBe('81090c00')
  })

  test('without a CodecPrivate is described by its sequence header', () => {
    // Level 0 of the main profile, 8 bits, 4:2:0.
    expect(toHex(makeAv1C(null, keyframe).subarray(8))).toBe(`81000c00${sequence}`)
  })

  test('of which nothing tells is a MediaError', () => {
    for (const bytes of ['', '12', '1200', '3200', '0aff', '0a02000000', `0a${'ff'.repeat(9)}`]) {
      expect(() => makeAv1C(null, fromHex(bytes))).toThrow(MediaError)
    }
  })
})

describe('Opus', () => {
  test('says the same in the other order of bytes', () => {
    const head = fromHex('4f707573486561640102380180bb0000ff7f00')
    const { box, channels, preSkip } = readOpusHead(head)
    expect([channels, preSkip]).toEqual([2, 312])
    expect(toHex(box.subarray(8))).toBe('000201380000bb807fff00')
  })

  test('with more than two channels keeps which is which', () => {
    const head = fromHex(
      '4f7075734865616401060000 80bb0000000001 0402 000401020305'.replaceAll(' ', ''),
    )
    expect(toHex(readOpusHead(head).box.subarray(18))).toBe('010402000401020305')
    expect(() => readOpusHead(head.subarray(0, 22))).toThrow(MediaError)
  })

  test('without an OpusHead is a MediaError', () => {
    expect(() => readOpusHead(fromHex('4f707573'))).toThrow(MediaError)
    expect(() => readOpusHead(new Uint8Array(30))).toThrow(MediaError)
  })
})

test('numbers are read bit by bit, and not past the end', () => {
  const reader = new BitReader(joinBytes([fromHex('a5'), fromHex('80')]))
  expect([reader.bits(3), reader.flag(), reader.bits(5)]).toEqual([5, false, 11])
  expect(() => reader.bits(8)).toThrow(MediaError)
  // 00101 = 2^2 − 1 + 1.
  expect(new BitReader(fromHex('28')).exponential()).toBe(4)
  expect(() => new BitReader(new Uint8Array(5)).exponential()).toThrow(MediaError)
})
