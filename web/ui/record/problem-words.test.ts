import { expect, it } from 'vitest'
import { problemWords } from './problem-words.ts'

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36'

it('tells who blocked the camera where this browser allows it again', () => {
  const words = problemWords({ kind: 'blocked', device: 'camera' }, CHROME)
  expect(words.title).toContain('camera')
  expect(words.hint).toContain('address bar')
})

it('offers no second try where it cannot help', () => {
  expect(problemWords({ kind: 'insecure', device: 'camera' }, CHROME).canRetry).toBe(false)
  expect(problemWords({ kind: 'unsupported', device: 'screen' }, CHROME).canRetry).toBe(false)
})

it('has a next step for every problem', () => {
  const kinds = [
    'blocked',
    'blockedBySystem',
    'missing',
    'busy',
    'insecure',
    'unsupported',
  ] as const
  for (const kind of kinds) {
    expect(problemWords({ kind, device: 'microphone' }, CHROME).hint).not.toBe('')
  }
})
