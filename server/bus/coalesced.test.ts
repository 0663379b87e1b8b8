import { expect, test } from 'vitest'
import { Coalesced } from './coalesced.ts'

test('does it once more for all who asked while it was done, and not again', async () => {
  const ends: (() => void)[] = []
  const coalesced = new Coalesced(
    () =>
      new Promise((resolve) => {
        ends.push(resolve)
      }),
  )
  coalesced.ask()
  coalesced.ask()
  expect(ends).toHaveLength(1)
  coalesced.ask()
  ends[0]?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect(ends).toHaveLength(2)
  ends[1]?.()
  await coalesced.settled()
  expect(ends).toHaveLength(2)
  coalesced.ask()
  expect(ends).toHaveLength(3)
  ends[2]?.()
  await coalesced.settled()
})
