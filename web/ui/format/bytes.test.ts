import { expect, it } from 'vitest'
import { formatBytes } from './bytes.ts'

it.each([
  [0, '0 byte'],
  [999, '999 byte'],
  [850_000, '850 kB'],
  [3_440_000, '3.4 MB'],
  [12_000_000_000, '12 GB'],
])('shows %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes, 'en')).toBe(text)
})
