import { expect, it } from 'vitest'
import { firstLoadLines, isKept, recordingLines } from './budget.ts'
import { readMainThread } from './main-thread.ts'
import type { TraceEvent } from './trace.ts'

const PAGE = 'http://127.0.0.1:1/'
const at = (name: string, ts: number, dur: number, more: Partial<TraceEvent> = {}): TraceEvent => ({
  ...{ name, ph: 'X', pid: 7, tid: 1, ts, dur, args: {} },
  ...more,
})

const EVENTS: TraceEvent[] = [
  at('TracingStartedInBrowser', 0, 0, {
    ph: 'I',
    pid: 1,
    args: {
      data: {
        frames: [
          { url: 'about:blank', processId: 3 },
          { url: PAGE, processId: 7 },
        ],
      },
    },
  }),
  at('thread_name', 0, 0, { ph: 'M', args: { name: 'CrRendererMain' } }),
  at('RunTask', 1_000, 4_000, { tdur: 3_000 }),
  at('Layout', 2_000, 1_000, { tdur: 1_000 }),
  at('RunTask', 9_000, 1_000),
  // Other threads and pages are no cost of this one.
  at('RunTask', 1_000, 9_000, { tid: 2 }),
  at('RunTask', 1_000, 9_000, { pid: 3 }),
]

it('counts the time on the processor of the page’s own main thread, each part without what lies in it', () => {
  const { share, parts, longestMs, tasksPerSecond } = readMainThread(EVENTS, PAGE, 100)
  expect(share).toBeCloseTo(0.04)
  expect(Object.fromEntries(parts)).toEqual({ RunTask: 0.03, Layout: 0.01 })
  expect([longestMs, tasksPerSecond]).toEqual([3, 20])
})

it('refuses a trace in which the page is not', () => {
  expect(() => readMainThread(EVENTS, 'http://127.0.0.1:2/', 100)).toThrow('no page at')
})

it('takes the median load, and keeps no budget that is exceeded in one of the languages', () => {
  const load = { scriptBytes: 59_000, styleBytes: 5_000, requests: 8, firstPaintMs: 300, shift: 0 }
  const en = [0, 10, 900].map((blockedMs) => ({ ...load, longestTaskMs: 60, blockedMs }))
  expect(firstLoadLines({ en, de: en }).every(isKept)).toBe(true)
  const de = en.map((one) => ({ ...one, scriptBytes: 61_000 }))
  expect(firstLoadLines({ en, de }).filter((line) => !isKept(line))).toMatchObject([
    { what: 'Script, gzipped, de', measured: 61 },
  ])
})

it('takes no figure for 2.5 Mbit/s that was measured at another rate', () => {
  const thread = { share: 0.02, tasksPerSecond: 90, longestMs: 5, parts: [] }
  const keptAt = (mbitPerSecond: number) => {
    const recorded = { thread, mbitPerSecond }
    return recordingLines({ bare: recorded, ready: thread, recording: recorded }).every(isKept)
  }
  expect([1.9, 2.1, 2.9, 3.1].map(keptAt)).toEqual([false, true, true, false])
})
