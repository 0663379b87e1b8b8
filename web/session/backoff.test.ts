import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffCapMs, backoffMs } from './backoff.ts'

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('back-off', () => {
  it('stays within its cap however often it failed, and never ends', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), chance, (attempt, random) => {
        const ms = backoffMs(attempt, 4_000, random)
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(ms).toBeLessThan(4_000)
      }),
    )
  })

  it('doubles its bound and uses all of it, so that recorders do not come back together', () => {
    const bounds = [0, 1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, 4_000, 1 - 1e-9))
    expect(bounds).toEqual([249, 499, 999, 1_999, 3_999, 3_999])
    expect(backoffMs(5, 4_000, 0)).toBe(0)
  })

  it('stays under the grace time while somebody records', () => {
    for (const graceMs of [1_000, 5_000, 10_000, 60_000]) {
      expect(backoffCapMs('live', graceMs)).toBeLessThan(graceMs / 2)
      expect(backoffCapMs('live', graceMs)).toBeLessThanOrEqual(4_000)
    }
    expect(backoffCapMs('drain', 10_000)).toBe(60_000)
  })
})
