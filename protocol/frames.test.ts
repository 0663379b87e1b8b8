import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HoldfastError } from './errors.ts'
import { decodeFrame, encodeFrame, FRAME, frame, HEAD_BYTES } from './frames.ts'

const u8 = fc.integer({ min: 0, max: 0xff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffffffff })

test.each(Object.entries(FRAME))('%s comes back as it was sent', (_name, type) => {
  const parts = fc.record({ flags: u8, take: u16, seq: u32, payload: fc.uint8Array() })
  fc.assert(
    fc.property(parts, (given) => {
      const value = frame(type, given)
      expect(decodeFrame(encodeFrame(value))).toEqual(value)
    }),
  )
})

test('every byte string of a head or more is a frame, and is written back unchanged', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: HEAD_BYTES, maxLength: 200 }), (bytes) => {
      const value = decodeFrame(bytes)
      expect(encodeFrame({ ...value })).toEqual(Uint8Array.from(bytes))
    }),
  )
})

test('fewer bytes than a head are refused with bad_frame', () => {
  for (let length = 0; length < HEAD_BYTES; length++) {
    const error = thrownBy(() => decodeFrame(new Uint8Array(length)))
    expect(error).toBeInstanceOf(HoldfastError)
    expect(error).toMatchObject({ code: 'bad_frame' })
  }
})

test('a frame inside a larger buffer reads its own bytes only', () => {
  const buffer = new Uint8Array(40).fill(0xee)
  buffer.set(encodeFrame(frame(FRAME.PING, { seq: 9, payload: Uint8Array.of(1, 2) })), 10)
  expect(decodeFrame(buffer.subarray(10, 20))).toEqual(
    frame(FRAME.PING, { seq: 9, payload: Uint8Array.of(1, 2) }),
  )
})

test('client types are below 0x80, server types are not, and no two are the same', () => {
  const client = ['HELLO', 'TAKE', 'CHUNK', 'FINISH', 'PING', 'CHECK']
  for (const [name, type] of Object.entries(FRAME)) {
    expect(type < 0x80).toBe(client.includes(name))
  }
  expect(new Set(Object.values(FRAME)).size).toBe(Object.keys(FRAME).length)
})

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return null
}
