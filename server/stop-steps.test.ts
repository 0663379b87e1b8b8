import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLog } from './observe/log.ts'
import { stopInOrder, stopTogether } from './stop-steps.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function logged() {
  const said: string[] = []
  const destination = { write: (line: string) => void said.push(JSON.parse(line).msg) }
  return { said, log: createLog({ level: 'info', destination }) }
}

it('takes every step, one after the other, also when one fails', async () => {
  const { said, log } = logged()
  const taken: string[] = []
  await stopInOrder(
    [
      ['the first', () => Promise.resolve().then(() => taken.push('first'))],
      ['the second', () => Promise.reject(new Error('broken'))],
      ['the third', () => taken.push('third')],
    ],
    log,
  )
  expect(taken).toEqual(['first', 'third'])
  expect(said).toEqual(['stopping: the second failed'])
})

it('names those that it still waits for, and not those that are done', async () => {
  const { said, log } = logged()
  const { promise, resolve } = Promise.withResolvers<void>()
  const stopped = stopTogether(
    [
      ['the quick one', () => Promise.resolve()],
      ['the slow one', () => promise],
    ],
    log,
  )
  await vi.advanceTimersByTimeAsync(60_000)
  expect(said).toEqual(['stopping: still waiting for the slow one'])
  resolve()
  await stopped
})
