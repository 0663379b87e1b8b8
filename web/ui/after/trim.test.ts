import { expect, it } from 'vitest'
import { moveEnd, moveStart, shownTrim, storedTrim } from './trim.ts'

const all = { startMs: 0, endMs: 10_000 }

it('shows all of a recording that was not trimmed, and nothing behind its end', () => {
  expect(shownTrim(null, 10_000)).toEqual(all)
  expect(shownTrim({ startMs: 2_000, endMs: 99_000 }, 10_000)).toEqual({
    startMs: 2_000,
    endMs: 10_000,
  })
  expect(shownTrim({ startMs: 12_000, endMs: 13_000 }, 10_000)).toEqual(all)
})

it.each([
  [-5, 0],
  [4_000.4, 4_000],
  [99_000, 9_500],
])('moves the beginning to %d: %d', (toMs, startMs) => {
  expect(moveStart(all, toMs, 10_000)).toEqual({ startMs, endMs: 10_000 })
})

it.each([
  [99_000, 10_000],
  [2_600, 3_500],
])('moves the end to %d: %d', (toMs, endMs) => {
  expect(moveEnd({ startMs: 3_000, endMs: 9_000 }, toMs, 10_000)).toEqual({ startMs: 3_000, endMs })
})

it('leaves room between the handles in the shortest recording too', () => {
  const { startMs, endMs } = moveStart({ startMs: 0, endMs: 200 }, 200, 200)
  expect(startMs).toBeLessThan(endMs)
})

it('stores no trim where all of it is played', () => {
  expect(storedTrim({ startMs: 60, endMs: 9_950 }, 10_000)).toBeNull()
  expect(storedTrim({ startMs: 200, endMs: 10_000 }, 10_000)).toEqual({
    startMs: 200,
    endMs: 10_000,
  })
})
