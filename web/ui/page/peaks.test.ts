import { expect, test } from 'vitest'
import { barsOf, lengthMsOf, silentMs } from './peaks.ts'

/** Four stretches of a second: silent, loud, low, silent. */
const PEAKS = {
  ...{ sample_rate: 8000, samples_per_pixel: 8000, length: 4 },
  data: [0, 1, -64, 64, -128, 0, -1, 0],
}

test('a bar is the lowest and the highest of its stretch', () => {
  expect(lengthMsOf(PEAKS)).toBe(4000)
  expect(barsOf(PEAKS, 4000, 2)).toEqual([
    { low: -0.5, high: 0.5 },
    { low: -1, high: 0 },
  ])
})

test('a bar stands at its time, also where the picture is longer than the sound', () => {
  const bars = barsOf(PEAKS, 8000, 8)
  expect(bars[1]).toEqual({ low: -0.5, high: 0.5 })
  expect(bars.slice(4)).toEqual(Array.from({ length: 4 }, () => ({ low: 0, high: 0 })))
})

test('more bars than peaks repeat them instead of leaving holes', () => {
  expect(barsOf(PEAKS, 4000, 8).filter(({ high }) => high === 0.5)).toHaveLength(2)
})

test('silence is counted in time', () => {
  expect(silentMs(PEAKS)).toBe(2000)
})
