import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasSeq, missingRanges, type SeqRange, toRanges } from './seq-ranges.ts'

// A small space, so that runs, holes, borders and repeats all come up; moved to the end of u32 half the time.
const base = fc.constantFrom(0, 0xffffffff - 60)
const offsets = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 80 })
const spread = (ranges: readonly SeqRange[]): number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))

test('ranges hold exactly the numbers given, sorted, joined, inclusive', () => {
  fc.assert(
    fc.property(base, offsets, (start, list) => {
      const ranges = toRanges(list.map((offset) => start + offset))
      const expected = [...new Set(list)].sort((a, b) => a - b).map((offset) => start + offset)
      expect(spread(ranges)).toEqual(expected)
      // Neighbours are joined: no range begins right behind another.
      for (const [i, [from]] of ranges.entries()) {
        expect(from).toBeGreaterThan((ranges[i - 1]?.[1] ?? Number.NEGATIVE_INFINITY) + 1)
      }
    }),
  )
})

test('the holes are exactly the numbers below the total that are not there', () => {
  fc.assert(
    fc.property(offsets, fc.integer({ min: 0, max: 70 }), (list, total) => {
      const present = new Set(list)
      const expected = Array.from({ length: total }, (_, seq) => seq).filter(
        (seq) => !present.has(seq),
      )
      expect(spread(missingRanges(toRanges(list), total))).toEqual(expected)
    }),
  )
})

test('a limit keeps the first holes and no more', () => {
  fc.assert(
    fc.property(offsets, fc.integer({ min: 0, max: 70 }), fc.nat(8), (list, total, limit) => {
      const all = missingRanges(toRanges(list), total)
      expect(missingRanges(toRanges(list), total, limit)).toEqual(all.slice(0, limit))
    }),
  )
})

test('a number is found when it is in a range and only then', () => {
  fc.assert(
    fc.property(base, offsets, (start, list) => {
      const ranges = toRanges(list.map((offset) => start + offset))
      for (let offset = -1; offset <= 61; offset++) {
        expect(hasSeq(ranges, start + offset)).toBe(list.includes(offset))
      }
    }),
  )
})

test('the size of the answer does not grow with the size of the numbers', () => {
  expect(missingRanges([[0xffffffff, 0xffffffff]], 0x1_0000_0000)).toEqual([[0, 0xfffffffe]])
  expect(missingRanges([], 0x1_0000_0000)).toEqual([[0, 0xffffffff]])
  expect(hasSeq([[0, 0xffffffff]], 0xfffffffe)).toBe(true)
})
