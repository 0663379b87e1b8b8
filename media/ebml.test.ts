import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ID, readChildren, readFloat, readHead, readString, readUint, readVint } from './ebml.ts'
import { element, floatElement, joinBytes, size8, uintBytes, uintElement } from './ebml-writer.ts'
import { MediaError } from './media-error.ts'

const head = (...bytes: number[]) => readHead(Uint8Array.from(bytes), 0)

test('reads id, size and their length together', () => {
  expect(head(0xa3, 0x8c)).toEqual({ id: 0xa3, size: 12, headBytes: 2 })
  expect(head(0x1f, 0x43, 0xb6, 0x75, 0x42, 0xa9)).toEqual({
    id: ID.cluster,
    size: 0x2a9,
    headBytes: 6,
  })
})

test('knows an unknown size in every length', () => {
  for (let length = 1; length <= 8; length++) {
    const size = new Uint8Array(length).fill(0xff)
    size[0] = 0xff >> (length - 1)
    expect(head(0xa3, ...size)?.size).toBe(null)
  }
})

test('asks for more bytes while a head is cut', () => {
  const whole = [0x1f, 0x43, 0xb6, 0x75, 0x01, 0, 0, 0, 0, 0, 1, 0]
  for (let cut = 0; cut < whole.length; cut++) expect(head(...whole.slice(0, cut))).toBe(null)
  expect(head(...whole)?.size).toBe(256)
})

test('refuses what is no id, no size, or a size past 2^53', () => {
  for (const bytes of [
    [0x00, 0x81],
    [0x08, 0x81],
    [0xa3, 0x00],
    [0xa3, 0x01, 0x20, 0, 0, 0, 0, 0, 0],
  ]) {
    expect(() => head(...bytes)).toThrow(MediaError)
  }
})

test('reads back every size it writes', () => {
  fc.assert(
    fc.property(fc.nat(200_000), (length) => {
      const whole = element(ID.void, new Uint8Array(length))
      const read = readHead(whole, 0)
      expect(read?.size).toBe(length)
      expect((read?.headBytes ?? 0) + length).toBe(whole.length)
    }),
    { numRuns: 50 },
  )
})

test('reads back every number it writes', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.double({ noNaN: true }), (number, float) => {
      const bytes = uintBytes(number)
      expect(readUint(bytes, 0, bytes.length)).toBe(number)
      expect(readVint(size8(number % 2 ** 48), 0, 8)).toBe(number % 2 ** 48)
      expect(readFloat(floatElement(ID.duration, float).subarray(3))).toBe(float)
    }),
  )
})

test('walks the children of a master, and never past its end', () => {
  const children = [uintElement(ID.trackNumber, 7), element(ID.void, new Uint8Array(3))]
  const payload = joinBytes(children)
  expect([...readChildren(payload)].map((child) => child.whole)).toEqual(children)
  expect(() => [...readChildren(payload.subarray(0, payload.length - 1))]).toThrow(MediaError)
})

test('cuts the zero bytes that EBML allows behind a text', () => {
  expect(readString(Uint8Array.of(0x77, 0x65, 0x62, 0x6d, 0, 0))).toBe('webm')
})
