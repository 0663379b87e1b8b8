import { describe, expect, it } from 'vitest'
import { formatClock, formatPlace, isoDuration, roughDuration } from './duration.ts'

describe('formatClock', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [5_000, '0:05'],
    [754_900, '12:34'],
    [3_723_000, '1:02:03'],
    [-20, '0:00'],
  ])('shows %d ms as %s and never rounds up', (ms, text) => {
    expect(formatClock(ms)).toBe(text)
  })
})

describe('isoDuration', () => {
  it('is what a time element understands', () => {
    expect(isoDuration(3_723_000)).toBe('PT1H2M3S')
  })
})

describe('roughDuration', () => {
  it('promises no minute that is not there', () => {
    expect(roughDuration(119_999, 'en')).toBe('1 minute')
    expect(roughDuration(7_300_000, 'en')).toBe('2 hours')
  })
})

describe('formatPlace', () => {
  it('is exact to a tenth of a second that has been', () => {
    expect(formatPlace(5_290)).toBe('0:05.2')
    expect(formatPlace(-3)).toBe('0:00.0')
  })
})
