import { describe, expect, it } from 'vitest'
import { lastHeardAt, levelOf, levelWord } from './sound-level.ts'

const tone = (amplitude: number) =>
  Float32Array.from({ length: 480 }, (_, i) => amplitude * Math.sin((i * 2 * Math.PI) / 48))

describe('levelOf', () => {
  it('is 0 for silence and for nothing at all', () => {
    expect(levelOf(new Float32Array(480))).toBe(0)
    expect(levelOf(new Float32Array())).toBe(0)
  })

  it('rises evenly with decibels', () => {
    expect(levelOf(tone(1))).toBeCloseTo(0.95, 2)
    expect(levelOf(tone(0.1))).toBeCloseTo(0.62, 2)
    expect(levelOf(tone(0.01))).toBeCloseTo(0.28, 2)
  })
})

it('names levels in words', () => {
  expect([0, 0.2, 0.6, 0.95].map(levelWord)).toEqual(['silent', 'quiet', 'good', 'loud'])
})

it('counts silence from the last sound', () => {
  expect(lastHeardAt(1_000, 0.5, 9_000)).toBe(9_000)
  expect(lastHeardAt(1_000, 0, 9_000)).toBe(1_000)
})
