// When each take begins in one file of several: what clocks say, as far as it can be true.
import { expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { buildJoined } from '../support/take-pipeline.ts'

const { slices } = loadTake('webm-vp8-opus-requestdata-6s')
const HOUR_MS = 3_600_000

function startsOf(startedAtMs: readonly number[], pauses: 'closed' | 'kept') {
  const joined = buildJoined(
    startedAtMs.map((at) => ({ slices, startedAtMs: at })),
    pauses,
  )
  const lastsMs = joined?.takes[0]?.endMs ?? 0
  return { lastsMs, starts: joined?.takes.map(({ startMs }) => startMs) }
}

test('with pauses closed, clocks say nothing', () => {
  const { starts, lastsMs } = startsOf([0, 60_000, 5], 'closed')
  expect(starts).toEqual([0, lastsMs, 2 * lastsMs])
})

test('with pauses kept, each begins when its recorder did', () => {
  const at = 1_767_323_045_678
  expect(startsOf([at, at + 60_000, at + 90_500], 'kept').starts).toEqual([0, 60_000, 90_500])
})

test('none begins before the one in front of it has ended, whatever a clock says', () => {
  const { starts, lastsMs } = startsOf([0, 1000, 60_000], 'kept')
  expect(starts).toEqual([0, lastsMs, lastsMs + 59_000])
  expect(startsOf([60_000, 0], 'kept').starts).toEqual([0, lastsMs])
  // One that only seems to begin too early moves nothing that follows.
  const early = lastsMs - 200
  expect(startsOf([0, early, 60_000], 'kept').starts).toEqual([0, lastsMs, 60_000])
})

test('a recording that is taken up again days later waits half a day at most', () => {
  const { starts, lastsMs } = startsOf([0, 80 * HOUR_MS], 'kept')
  expect(starts).toEqual([0, lastsMs + 12 * HOUR_MS])
})

test('a take in which nothing plays leaves no trace', () => {
  const empty = { slices: [new Uint8Array(0)], startedAtMs: 7 }
  const noise = { slices: [Uint8Array.from({ length: 400 }, (_, n) => n % 251)], startedAtMs: 9 }
  const takes = [empty, { slices, startedAtMs: 10 }, noise, { slices, startedAtMs: 60_010 }]
  const joined = buildJoined(takes, 'kept')
  expect(joined?.takes).toMatchObject([
    { index: 1, startMs: 0 },
    { index: 3, startMs: 60_000 },
  ])
})
