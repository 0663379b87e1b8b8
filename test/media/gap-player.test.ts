// What a person sees of a recording of which chunks are missing: Chromium plays it to its end and seeks in it. Without
// the wait for a keyframe it stops at the first picture behind the hole (VP9), while ffmpeg copies the same file gladly.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpusName, loadWebmTakes } from '../support/corpus.ts'
import { buildWithout, type Sending, sendTake } from '../support/damaged-take.ts'
import { hasChromium, Player } from '../support/player.ts'
import type { ServedFile } from '../support/range-server.ts'
import type { BuiltFile } from '../support/take-pipeline.ts'
import { watch, watchToEnd } from '../support/watched.ts'

if (!hasChromium) console.warn('SKIPPED: Chromium is not installed, damaged files are not played')

/** Which chunks are lost, of so many. */
const LOSSES: readonly [string, Sending, (chunks: number) => number[]][] = [
  ['one in the middle', 'aligned', (chunks) => [chunks >> 1]],
  ['several', 'as recorded', (chunks) => [2, 3, chunks >> 1]],
  ['the head', 'aligned', () => [0]],
  ['the tail', 'without hints', (chunks) => [chunks - 2, chunks - 1]],
]

/** One of each kind is enough: codecs, video or sound alone, BlockGroups, many small chunks. */
const KINDS = [
  'audio-webm-opus-ts1000-20s',
  'mkv-vp9-opus-ts1000-6s',
  'webm-default-ts1000-12s',
  'webm-vp8-canvas-resize-ts1000',
  'webm-vp8-display-ts1000-12s',
  'webm-vp8-only-ts1000-10s',
  'webm-vp8-opus-ts100-8s',
  'webm-vp8-opus-ts1000-30s',
  'webm-vp9-opus-kf2000-ts1000-20s',
]
const takes = loadWebmTakes().filter((take) => KINDS.includes(take.name))
const cases = takes.flatMap((take) =>
  LOSSES.map(([what, sending, lost]) => ({ take, name: take.name, what, sending, lost })),
)
const built = new Map<string, BuiltFile>()
const pathOf = (name: string, what: string) => `/${name} ${what}`.replaceAll(' ', '-')
let player: Player

beforeAll(async () => {
  if (!hasChromium) return
  const files = new Map<string, ServedFile>()
  for (const { take, name, what, sending, lost } of cases) {
    const sent = sendTake(take, sending)
    const file = buildWithout(sent, lost(sent.chunks.length))
    built.set(pathOf(name, what), file)
    files.set(pathOf(name, what), { bytes: file.bytes, contentType: 'video/webm' })
  }
  player = await Player.open(files)
})
afterAll(() => player?.close())

describe.skipIf(!hasChromium)(`Chromium, on WebM takes of ${corpusName}`, () => {
  test.each(cases)('$name without $what: plays to the end and seeks', async ({ name, what }) => {
    const path = pathOf(name, what)
    const { durationMs, runs } = built.get(path)?.file ?? {}
    const seconds = (durationMs ?? 0) / 1000
    const begin = (runs?.find((run) => run)?.startMs ?? 0) / 1000
    expect(seconds).toBeGreaterThan(1)
    const { error, endedAt } = await watchToEnd(player.page, path)
    expect(error).toBe('')
    expect(endedAt).toBeCloseTo(seconds, 1)
    const seen = await watch(player.page, path)
    expect(seen.error).toBe('')
    // Where nothing is there yet the player goes to the beginning of what is.
    const wanted = [0.1, 0.5, 0.9].map((part) => Math.max(begin, part * seconds))
    expect(seen.seeks).toEqual(wanted.map((time) => expect.closeTo(time, 1)))
  })
})
