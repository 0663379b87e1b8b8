import { expect, test } from 'vitest'
import { ID } from './ebml.ts'
import { element, uintElement } from './ebml-writer.ts'
import { trackEntry } from './fixtures/sample-webm.ts'
import { advanceClock, clockEndNs, startClocks, type TrackClock } from './track-clock.ts'
import type { BlockLead } from './webm-state.ts'
import { readTracks } from './webm-tracks.ts'

const MS = 1_000_000

function clockOf(codecId: string, ...more: Uint8Array[]): TrackClock {
  const payload = trackEntry(1, codecId, ...more)
  const tracks = { id: ID.tracks, whole: payload, payload }
  const [clock] = startClocks(readTracks([tracks]))
  if (!clock) throw new Error('no track')
  return clock
}

const lead = (first = 0, second = 0, payloadBytes = 100): BlockLead => ({
  track: 1,
  relativeTicks: 0,
  keyframe: true,
  lacedFrames: 0,
  payloadAt: 0,
  payloadBytes,
  first,
  second,
})

function endMs(
  clock: TrackClock,
  packets: readonly [ms: number, lead: BlockLead][],
): number | null {
  let now = clock
  for (const [timeTicks, packet] of packets) {
    now = advanceClock(now, { lead: packet, timeTicks, durationTicks: null }, MS)
  }
  const endNs = clockEndNs(now, MS)
  return endNs === null ? null : endNs / MS
}

/** First byte: configuration, code. RFC 6716, table 2. */
test.each([
  ['20 ms, one frame', 0b11111_0_00, 0, 20],
  ['20 ms, two frames', 0b11111_0_01, 0, 40],
  ['20 ms, three frames by count', 0b11111_0_11, 3, 60],
  ['2.5 ms', 0b10000_0_00, 0, 2.5],
  ['SILK 60 ms', 0b00011_0_00, 0, 60],
  ['hybrid 10 ms', 0b01100_0_00, 0, 10],
])('an Opus packet of %s lasts that long', (_, first, second, lasts) => {
  expect(endMs(clockOf('A_OPUS'), [[1000, lead(first, second)]])).toBe(1000 + lasts)
})

test('a PCM packet lasts as long as its bytes', () => {
  const audio = element(
    ID.audio,
    element(ID.samplingFrequency, Uint8Array.of(0x47, 0x3b, 0x80, 0)),
    uintElement(ID.channels, 1),
    uintElement(ID.bitDepth, 32),
  )
  const clock = clockOf('A_PCM/FLOAT/IEEE', audio)
  expect(endMs(clock, [[50, lead(0, 0, 1920)]])).toBe(60)
})

test('a frame lasts the track’s default duration, if the track says one', () => {
  const clock = clockOf('V_VP8', uintElement(ID.defaultDuration, 40 * MS))
  expect(endMs(clock, [[0, lead()]])).toBe(40)
})

test('else the mean distance of the frames, but never as long as a pause', () => {
  const frames = [0, 50, 100, 150].map((ms): [number, BlockLead] => [ms, lead()])
  expect(endMs(clockOf('V_VP8'), frames)).toBe(200)
  expect(endMs(clockOf('V_VP8'), [...frames, [60_000, lead()]])).toBe(60_200)
  expect(endMs(clockOf('V_VP8'), [[7, lead()]])).toBe(40)
})

test('frames out of order end where the latest one ends', () => {
  const frames = [0, 100, 50].map((ms): [number, BlockLead] => [ms, lead()])
  expect(endMs(clockOf('V_VP8'), frames)).toBe(150)
})

test('no packet, no time', () => {
  expect(endMs(clockOf('V_VP8'), [])).toBe(null)
})
