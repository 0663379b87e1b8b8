import { describe, expect, test } from 'vitest'
import { quantile } from './quantile.ts'

describe('a quantile', () => {
  const buckets = new Map([
    [0.1, 50],
    [0.5, 90],
    [1, 100],
    [Infinity, 100],
  ])

  test.each([
    [0.5, 0.1],
    [0.25, 0.05],
    [0.7, 0.3],
    [0.99, 0.95],
    [1, 1],
  ])('of %d is %d', (share, seconds) => {
    expect(quantile(buckets, share)).toBeCloseTo(seconds)
  })

  test('of nothing is not known', () => {
    expect(quantile(new Map([[1, 0]]), 0.5)).toBeNull()
  })

  test('beyond the last bound is that bound', () => {
    const slow = new Map([
      [1, 0],
      [Infinity, 4],
    ])
    expect(quantile(slow, 0.5)).toBe(1)
  })
})
