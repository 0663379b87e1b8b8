import { describe, expect, it } from 'vitest'
import { isHeard, levelOf, levelWord } from './sound-level.ts'

/** Of a tone. */
const powerOf = (amplitude: number) => amplitude ** 2 / 2

describe('levelOf', () => {
  it('is 0 for silence', () => {
    expect(levelOf(0)).toBe(0)
  })

  it('rises evenly with decibels', () => {
    expect(levelOf(powerOf(1))).toBeCloseTo(0.95, 2)
    expect(levelOf(powerOf(0.1))).toBeCloseTo(0.62, 2)
    expect(levelOf(powerOf(0.01))).toBeCloseTo(0.28, 2)
  })
})

it('names levels in words', () => {
  expect([0, 0.2, 0.6, 0.95].map(levelWord)).toEqual(['silent', 'quiet', 'good', 'loud'])
})

it('hears what a quiet room is louder than', () => {
  expect([0, 0.03, 0.04, 0.5].map(isHeard)).toEqual([false, false, true, true])
})
