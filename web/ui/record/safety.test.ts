import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureSafety } from './safety.ts'

const numbers = (recordedMs: number, bufferedMs: number, ackedMs: number, waitingBytes = 1) => ({
  recordedMs,
  bufferedMs,
  ackedMs,
  waitingBytes,
})

describe('measureSafety', () => {
  it('says 12:34 recorded, 12:31 safe, 3 s waiting', () => {
    const safety = measureSafety(numbers(754_900, 754_000, 751_999), 'saving')
    expect(safety).toMatchObject({ recordedSeconds: 754, safeSeconds: 751, waitingSeconds: 3 })
  })

  it('never shows a second as safe before it is acknowledged', () => {
    expect(measureSafety(numbers(5_000, 5_000, 4_999), 'saving').safeSeconds).toBe(4)
  })

  it('says that all is safe only when the stop is acknowledged or nothing is unsent', () => {
    expect(measureSafety(numbers(5_000, 5_000, 5_000, 1), 'saving').isAllSafe).toBe(false)
    expect(measureSafety(numbers(5_000, 5_000, 5_000, 0), 'saving').isAllSafe).toBe(true)
    expect(measureSafety(numbers(5_000, 4_990, 4_980, 0), 'safe')).toMatchObject({
      isAllSafe: true,
      safeSeconds: 5,
      waitingSeconds: 0,
    })
  })

  it('never says it while more is being recorded', () => {
    expect(measureSafety(numbers(5_000, 5_000, 5_000, 0), 'recording')).toMatchObject({
      isAllSafe: false,
      safeSeconds: 5,
    })
    expect(measureSafety(numbers(5_000, 5_000, 5_000, 0), 'paused').isAllSafe).toBe(true)
  })

  it('is behind only when more waits than is always on its way', () => {
    expect(measureSafety(numbers(60_000, 60_000, 57_000), 'saving').isBehind).toBe(false)
    expect(measureSafety(numbers(60_000, 60_000, 56_000), 'saving').isBehind).toBe(true)
    expect(measureSafety(numbers(60_000, 60_000, 0, 0), 'safe').isBehind).toBe(false)
  })

  it('draws an empty bar before the first moment', () => {
    expect(measureSafety(numbers(0, 0, 0, 0), 'saving').bar).toEqual({
      safe: 0,
      waiting: 0,
      newest: 0,
    })
  })

  it('keeps the bar whole and the seconds in order for any numbers', () => {
    const ms = fc.integer({ min: -1_000, max: 10_000_000 })
    fc.assert(
      fc.property(ms, ms, ms, fc.boolean(), (recorded, buffered, acked, isSettled) => {
        const safety = measureSafety(
          numbers(recorded, buffered, acked),
          isSettled ? 'safe' : 'saving',
        )
        const { safe, waiting, newest } = safety.bar
        for (const part of [safe, waiting, newest]) expect(part).toBeGreaterThanOrEqual(0)
        if (recorded > 0) expect(safe + waiting + newest).toBeCloseTo(1, 6)
        expect(safety.safeSeconds).toBeLessThanOrEqual(safety.recordedSeconds)
        if (!safety.isAllSafe) {
          expect(safety.safeSeconds + safety.waitingSeconds).toBe(safety.recordedSeconds)
        }
        if (!isSettled) expect(safety.safeSeconds * 1000).toBeLessThanOrEqual(Math.max(0, acked))
      }),
    )
  })
})
