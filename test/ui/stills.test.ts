// Every screen looks as it did when somebody last looked at it: no change of a style or a word reaches a screen that nobody meant.
import { expect, test } from 'vitest'
import { checkStills } from './every-still.ts'

/** What a failure says last. */
const NEXT_STEP =
  'Is it meant? `bun run screens --stills` takes anew what differs: look at it and commit it.'

test('every screen looks as its still', async () => {
  const { seen, wrong } = await checkStills()
  expect(wrong, [...wrong, NEXT_STEP].join('\n')).toEqual([])
  expect(seen).toBeGreaterThanOrEqual(52)
}, 240_000)
