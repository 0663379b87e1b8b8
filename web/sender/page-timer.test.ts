import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { pageTimer } from './page-timer.ts'

beforeEach(() => {
  vi.useFakeTimers()
  // Where no worker is to be had the page's own timers serve.
  vi.stubGlobal('Worker', undefined)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('wakes once, for what was set last', () => {
  const woken: string[] = []
  const timer = pageTimer()
  timer.set(1_000, () => woken.push('first'))
  timer.set(3_000, () => woken.push('later'))
  vi.advanceTimersByTime(2_999)
  expect(woken).toEqual([])
  vi.advanceTimersByTime(10)
  expect(woken).toEqual(['later'])
  timer.set(60_000, () => woken.push('far'))
  timer.set(1_000, () => woken.push('near'))
  vi.advanceTimersByTime(1_001)
  expect(woken).toEqual(['later', 'near'])
  vi.advanceTimersByTime(120_000)
  expect(woken).toEqual(['later', 'near'])
})

it('wakes nobody who has cleared it', () => {
  const wake = vi.fn()
  const timer = pageTimer()
  timer.set(1_000, wake)
  timer.clear()
  vi.advanceTimersByTime(5_000)
  expect(wake).not.toHaveBeenCalled()
  timer.set(10, wake)
  vi.advanceTimersByTime(11)
  expect(wake).toHaveBeenCalledOnce()
})

it('waits with one call while it is put off again and again', () => {
  const calls = vi.spyOn(globalThis, 'setTimeout')
  const timer = pageTimer()
  for (let step = 0; step < 50; step += 1) {
    timer.set(5_000, () => undefined)
    vi.advanceTimersByTime(100)
  }
  expect(calls.mock.calls.length).toBeLessThanOrEqual(2)
})
