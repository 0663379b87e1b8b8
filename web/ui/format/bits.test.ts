import { expect, it } from 'vitest'
import { formatBits } from './bits.ts'

it.each([
  [64_000, '64 kbit/s'],
  [2_628_000, '2.6 Mbit/s'],
  [12_345_678, '12 Mbit/s'],
])('says %d as %s', (bits, text) => {
  expect(formatBits(bits, 'en')).toBe(text)
})
