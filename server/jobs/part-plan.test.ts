import { expect, test } from 'vitest'
import { planParts } from './part-plan.ts'

/** A keyframe every second, 1,000 bytes apart, behind a header of 100. */
const keyframes = Array.from({ length: 10 }, (_, n) => ({ ms: n * 1000, at: 200 + n * 1000 }))
const media = { container: 'webm' as const, keyframes, headBytes: 100, size: 10_300 }

test('cuts at keyframes, each part as long as it is told at least', () => {
  const parts = planParts(media, 3500)
  expect(parts.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [null, 4000],
    [4000, 8000],
    [8000, null],
  ])
  expect(planParts(media, 60_000)).toEqual([{ fromMs: null, toMs: null, at: 100, to: 10_300 }])
})

test('a part is read from its first keyframe to the Cluster behind its end', () => {
  const parts = planParts(media, 3500)
  expect(parts.map(({ at, to }) => [at, to])).toEqual([
    [100, 5200],
    [4200, 9200],
    [8200, 10_300],
  ])
})

test('what a pipe cannot begin in the middle of is one part', () => {
  expect(planParts({ ...media, container: 'mp4' }, 1000)).toHaveLength(1)
  expect(planParts({ ...media, container: 'raw', keyframes: [] }, 1000)).toHaveLength(1)
})
