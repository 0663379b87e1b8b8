import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256 } from './sha256.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const theirs = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test('says what the platform says, of every length around a block and of any bytes', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length).map((_, at) => at * 7 + length)
    expect(hex(sha256(bytes))).toBe(theirs(bytes))
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.nat(300), (bytes, from) => {
      const part = bytes.subarray(from)
      expect(hex(sha256(part))).toBe(theirs(part))
    }),
  )
})
