import { expect, test } from 'vitest'
import type { Detail } from './detail.ts'
import { secondsOf, verdictOf } from './verdict.ts'

const READY = {
  ...{ id: 'x', status: 'ready', version: 1, reason: 'stop', title: null, createdAt: '' },
  ...{ startedAt: null, durationMs: 61_000, bytes: 9, chunks: 3, generation: 3, mediaUrl: null },
  ...{ takes: [], complete: true, pending: false },
} as const satisfies Detail

test('calls a recording safe when its stop and every chunk are confirmed', () => {
  expect(verdictOf(READY, null)).toMatchObject({
    tone: 'good',
    says: 'All of it is safe on the server',
  })
})

test('speaks of what came, and of no more, where nobody said how much there was', () => {
  const { says, hint } = verdictOf({ ...READY, complete: false, reason: 'disconnect' }, null)
  expect(says).toBe('All that came is safe on the server')
  expect(hint).toContain('without a stop')
})

test('never calls safe what is partly only on this device', () => {
  const unsent = { bytes: 2_000_000, isStuck: false }
  for (const status of ['ready', 'incomplete', 'empty', 'failed', 'finalizing'] as const) {
    expect(verdictOf({ ...READY, status }, unsent)).toMatchObject({
      tone: 'care',
      says: '2 MB are still only on this device',
    })
  }
})

test('says how much is missing, and not where the media do not tell', () => {
  const gap = { take: 0, fromSeq: 1, toSeq: 1, fromMs: 1000, toMs: 2500 }
  const broken = { ...READY, status: 'incomplete', gaps: [gap, { ...gap, toMs: 1500 }] } as const
  expect(verdictOf(broken, null).says).toBe('Not complete: 2\u00a0s missing')
  expect(verdictOf(broken, null).hint).toContain('Gaps at 0:01 and 0:01.')
  const blind = { ...broken, gaps: [gap, { ...gap, toMs: null }] }
  expect(verdictOf(blind, null).says).toBe('Not complete: some of it is missing')
})

test('says why a recording could not be finished, and that nothing was deleted', () => {
  const { tone, hint } = verdictOf({ ...READY, status: 'failed', lastError: 'Disk away.' }, null)
  expect(tone).toBe('bad')
  expect(hint).toContain('Disk away.')
  expect(hint).toContain('Nothing was deleted')
})

test('lengths are said as people read them', () => {
  expect([800, 12_400, 65_000].map(secondsOf)).toEqual(['0.8\u00a0s', '12\u00a0s', '1:05'])
})
