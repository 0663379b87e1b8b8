// What a person sees of an MP4 recording of which chunks are missing or torn: Chromium plays it to its end and seeks in it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpusName, loadMp4Takes } from '../support/corpus.ts'
import { buildCutInTwo, buildWithout, type SentTake, sendTake } from '../support/damaged-take.ts'
import { hasChromium, Player } from '../support/player.ts'
import type { ServedFile } from '../support/range-server.ts'
import { watch, watchToEnd } from '../support/watched.ts'

if (!hasChromium) console.warn('SKIPPED: Chromium is not installed, holed MP4 is not played')

const without = (lostOf: (chunks: number) => number[]) => (sent: SentTake) =>
  buildWithout(sent, lostOf(sent.chunks.length))

const DAMAGES = [
  { damage: 'one in the middle', make: without((count) => [count >> 1]) },
  { damage: 'four', make: without((count) => [1, 3, 4, count - 3]) },
  { damage: 'the first', make: without(() => [0]) },
  { damage: 'the last', make: without((count) => [count - 1]) },
  { damage: 'half of one', make: buildCutInTwo },
]

// What a recorder broke plays as far as the recorded bytes do; takes of one chunk have nothing to lose.
const cases = loadMp4Takes()
  .filter((take) => take.name !== 'mp4-avc1-canvas-resize-ts1000')
  .map((take) => ({ name: take.name, sent: sendTake(take, 'aligned') }))
  .filter(({ sent }) => sent.chunks.length >= 8)
  .flatMap(({ name, sent }) =>
    DAMAGES.map(({ damage, make }) => {
      const path = `/${name}-${damage}`.replaceAll(' ', '-')
      return { name, damage, path, built: make(sent) }
    }),
  )
let player: Player

beforeAll(async () => {
  if (!hasChromium) return
  const files = new Map<string, ServedFile>()
  for (const { path, built } of cases) {
    files.set(path, { bytes: built.bytes, contentType: 'video/mp4' })
  }
  player = await Player.open(files)
})
afterAll(() => player?.close())

describe.skipIf(!hasChromium)(`Chromium, on MP4 takes of ${corpusName}`, () => {
  test.each(cases)('$name without $damage: plays to the end and seeks', async ({ path, built }) => {
    const seconds = (built.file.durationMs ?? 0) / 1000
    const leadSeconds = (built.file.runs[0]?.startMs ?? 0) / 1000
    const { error, endedAt } = await watchToEnd(player.page, path)
    expect(error).toBe('')
    expect(Math.abs(endedAt - seconds)).toBeLessThan(0.15)
    const seen = await watch(player.page, path)
    expect(seen.error).toBe('')
    // Where the beginning is lost Chromium takes that off the duration until it has played to the end.
    expect(seen.duration).toBeGreaterThan(seconds - leadSeconds - 0.002)
    expect(seen.duration).toBeLessThan(seconds + 0.002)
    // What lies before the first sample is sought by going to that.
    const places = [0.1, 0.5, 0.9].map((part) => Math.max(leadSeconds, part * seen.duration))
    expect(seen.seeks).toEqual(places.map((place) => expect.closeTo(place, 1)))
  })
})
