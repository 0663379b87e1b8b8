import { expect, it } from 'vitest'
import { measureSafety } from './safety.ts'
import { safetyWords } from './safety-text.ts'

function line(recordedMs: number, ackedMs: number, isSettled = false): string {
  const numbers = { recordedMs, bufferedMs: recordedMs, ackedMs, waitingBytes: isSettled ? 0 : 9 }
  const { recorded, safe, waiting } = safetyWords(
    measureSafety(numbers, isSettled ? 'safe' : 'recording'),
  )
  return [recorded, safe, ...(waiting ? [waiting] : [])].join(' · ')
}

it('reads as one line that people understand', () => {
  expect(line(754_000, 751_000)).toBe(
    '12:34 recorded · 12:31 safe on the server · 3 s waiting here',
  )
})

it('shows a long wait as a clock', () => {
  expect(line(754_000, 30_000)).toBe(
    '12:34 recorded · 0:30 safe on the server · 12:04 waiting here',
  )
})

it('says that something waits when less than a second does', () => {
  expect(line(5_900, 5_100)).toBe(
    '0:05 recorded · 0:05 safe on the server · under 1 s waiting here',
  )
})

it('says nothing of waiting once all is acknowledged', () => {
  expect(line(754_000, 753_400, true)).toBe('12:34 recorded · all safe on the server')
})
