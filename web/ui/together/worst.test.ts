import { expect, it } from 'vitest'
import { worstConnection, worstProgress, worstState } from './worst.ts'

const counts = { chunks: 1, ackedChunks: 1, waitingBytes: 10, memoryBytes: 1 }

it.each([
  [['ready', 'saving'], 'saving'],
  [['safe', 'partial'], 'partial'],
  [['ready', 'safe'], 'safe'],
  [['safe', 'recording'], 'recording'],
  [['failed', 'recording'], 'recording'],
  [['partial', 'failed'], 'failed'],
  [['ready', 'ready'], 'ready'],
] as const)('says of %j that it is %s', (states, worst) => {
  expect(worstState(states)).toBe(worst)
})

it('calls no more safe than what is safe of the one that is furthest behind', () => {
  const camera = { ...counts, recordedMs: 10_000, bufferedMs: 9_500, ackedMs: 9_000 }
  const screen = { ...counts, recordedMs: 9_000, bufferedMs: 8_900, ackedMs: 4_000 }
  expect(worstProgress([camera, screen])).toEqual({
    recordedMs: 10_000,
    bufferedMs: 9_500,
    ackedMs: 5_000,
    chunks: 2,
    ackedChunks: 2,
    waitingBytes: 20,
    memoryBytes: 2,
  })
})

it('does not wait for one that ended early and is safe', () => {
  const camera = { ...counts, recordedMs: 60_000, bufferedMs: 60_000, ackedMs: 59_000 }
  const screen = { ...counts, recordedMs: 5_000, bufferedMs: 5_000, ackedMs: 5_000 }
  expect(worstProgress([camera, screen]).ackedMs).toBe(59_000)
})

it('says that the server is away as soon as one of them does not reach it', () => {
  const up = { rung: 'websocket', online: true, retryAt: null } as const
  const slow = { ...up, rung: 'http' } as const
  const away = { rung: 'none', online: false, retryAt: 7 } as const
  expect(worstConnection([up, slow])).toBe(slow)
  expect(worstConnection([slow, up, away])).toBe(away)
  expect(worstConnection([])).toBeUndefined()
})
