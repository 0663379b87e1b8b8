import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Extent, VirtualFile } from './layout.ts'
import { readPlan } from './read-plan.ts'

const MEDIA = Uint8Array.from({ length: 200 }, (_, i) => i)

/** A file of alternating literals and take ranges of these lengths. */
function fileOf(
  headerBytes: number,
  lengths: readonly number[],
): { file: VirtualFile; bytes: number[] } {
  const header = new Uint8Array(headerBytes).fill(255)
  const bytes = [...header]
  const extents = lengths.map((length, i): Extent => {
    const at = bytes.length
    const literal = new Uint8Array(length).fill(i)
    bytes.push(...(i % 2 === 0 ? literal : MEDIA.subarray(i, i + length)))
    return i % 2 === 0 ? { at, literal } : { at, from: i, to: i + length }
  })
  const size = bytes.length
  const rest = { durationMs: null, tracks: [], keyframes: [], mediaEnd: 200, runs: [] }
  return { file: { container: 'raw', header, extents, size, ...rest }, bytes }
}

test('answers every range with the same bytes as the whole file, and no empty piece', () => {
  const shape = fc.record({
    headerBytes: fc.nat(5),
    lengths: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }),
    from: fc.integer({ min: -3, max: 120 }),
    to: fc.integer({ min: -3, max: 120 }),
  })
  fc.assert(
    fc.property(shape, ({ headerBytes, lengths, from, to }) => {
      const { file, bytes } = fileOf(headerBytes, lengths)
      const pieces = readPlan(file, from, to).map((piece) =>
        'literal' in piece ? piece.literal : MEDIA.subarray(piece.from, piece.to),
      )
      expect(pieces.every((piece) => piece.length > 0)).toBe(true)
      const expected = bytes.slice(Math.max(0, from), Math.max(0, to))
      expect(pieces.flatMap((piece) => [...piece])).toEqual(expected)
    }),
    { numRuns: 1000 },
  )
})
