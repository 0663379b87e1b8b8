import { hasSeq, type SeqRange, toRanges } from '@holdfast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstSeqs, union, without } from './seq-set.ts'

const seqs = fc.uniqueArray(fc.nat(40))
const members = (ranges: readonly SeqRange[]): number[] => firstSeqs(ranges, 1_000)
const sorted = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b)

describe('sets of chunk numbers', () => {
  it('joins like sets', () => {
    fc.assert(
      fc.property(seqs, seqs, (a, b) => {
        expect(members(union(toRanges(a), toRanges(b)))).toEqual(sorted([...a, ...b]))
      }),
    )
  })

  it('subtracts like sets', () => {
    fc.assert(
      fc.property(seqs, seqs, (a, b) => {
        const left = a.filter((seq) => !b.includes(seq))
        expect(members(without(toRanges(a), toRanges(b)))).toEqual(sorted(left))
      }),
    )
  })

  it('keeps ranges sorted and apart, so that they can be searched', () => {
    fc.assert(
      fc.property(seqs, seqs, (a, b) => {
        const ranges = union(toRanges(a), toRanges(b))
        for (const seq of [...a, ...b]) expect(hasSeq(ranges, seq)).toBe(true)
        const ends = ranges.flat()
        expect(ends).toEqual([...ends].sort((x, y) => x - y))
      }),
    )
  })

  it('costs nothing for huge ranges', () => {
    expect(without([[0, 4_000_000_000]], [[5, 5]])).toEqual([
      [0, 4],
      [6, 4_000_000_000],
    ])
    expect(firstSeqs([[0, 4_000_000_000]], 2)).toEqual([0, 1])
  })
})
