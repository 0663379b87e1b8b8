// What a person sees: Chromium shows the duration of the virtual file, plays it and seeks in it. One browser and one
// page for all takes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpusName, loadTake, loadTakes } from '../support/corpus.ts'
import { repeatTake } from '../support/long-take.ts'
import { hasChromium, Player } from '../support/player.ts'
import type { ServedFile } from '../support/range-server.ts'
import { alignSlices, type BuiltFile, buildAsMp4, buildFile } from '../support/take-pipeline.ts'
import { watch } from '../support/watched.ts'

if (!hasChromium) console.warn('SKIPPED: Chromium is not installed, virtual files are not played')

/** Twenty minutes and 42 MB: more than a player buffers ahead. */
const LONG = { set: 'webm-vp8-canvas-resize-ts1000', times: 100, periodMs: 12_060 }
/** Chromium puts the canvas's first size into avcC and no other anywhere: behind the resize its own bytes do not decode. */
const RESIZED_AVC1 = 'mp4-avc1-canvas-resize-ts1000'
const takes = loadTakes()
const built = new Map<string, BuiltFile>()
/** The WebM takes that can be MP4 as they are. */
const asMp4 = takes.flatMap((take) => {
  const made = take.isMp4 ? null : buildAsMp4(null, take.slices)
  return made ? [{ name: take.name, made }] : []
})
let player: Player
let longBytes = 0

beforeAll(async () => {
  if (!hasChromium) return
  const files = new Map<string, ServedFile>()
  for (const take of takes) {
    const { init, chunks } = alignSlices(take.slices)
    const file = buildFile(
      init,
      chunks.map((chunk) => chunk.bytes),
    )
    built.set(take.name, file)
    const contentType = take.isMp4 ? 'video/mp4' : 'video/webm'
    files.set(pathOf(take.name), { bytes: file.bytes, contentType })
    if (take.name === RESIZED_AVC1) files.set('/as-recorded', { bytes: take.joined, contentType })
  }
  for (const { name, made } of asMp4) {
    files.set(`${pathOf(name)}.mp4`, { bytes: made.bytes, contentType: 'video/mp4' })
  }
  const long = buildFile(null, [repeatTake(loadTake(LONG.set).joined, LONG.times, LONG.periodMs)])
  longBytes = long.bytes.length
  files.set('/long.webm', { bytes: long.bytes, contentType: 'video/webm' })
  player = await Player.open(files)
})
afterAll(() => player?.close())

describe.skipIf(!hasChromium)(`Chromium, on every take of ${corpusName}`, () => {
  const decodable = takes.filter((take) => take.name !== RESIZED_AVC1)
  test.each(decodable)('$name: shows the duration, plays and seeks', async ({ name }) => {
    await expectToPlay(pathOf(name), built.get(name)?.file.durationMs ?? 0)
  })

  test.each(asMp4)('$name: does the same as MP4', async ({ name, made }) => {
    await expectToPlay(`${pathOf(name)}.mp4`, made.file.durationMs ?? 0)
  })

  test.skipIf(decodable.length === takes.length)(
    'plays a take that its recorder broke as far as the recorded bytes play',
    async () => {
      const [recorded, virtual] = [
        await watch(player.page, '/as-recorded'),
        await watch(player.page, pathOf(RESIZED_AVC1)),
      ]
      expect(recorded.error).toContain('PIPELINE_ERROR_DECODE')
      expect(virtual.error).toContain('PIPELINE_ERROR_DECODE')
      expect(virtual.playedTo).toBeGreaterThan(0.1)
      expect(virtual.seeks.length).toBeGreaterThanOrEqual(recorded.seeks.length)
      const seconds = (built.get(RESIZED_AVC1)?.file.durationMs ?? 0) / 1000
      expect(Math.abs(virtual.duration - seconds)).toBeLessThan(0.002)
    },
  )

  test('seeks in a long take by asking for the places, not by reading up to them', async () => {
    const seen = await watch(player.page, '/long.webm')
    const seconds = (LONG.times * LONG.periodMs) / 1000
    expect(seen.error).toBe('')
    expect(seen.seeks).toEqual([0.1, 0.5, 0.9].map((part) => expect.closeTo(part * seconds, 1)))
    const starts = (player.requests.get('/long.webm') ?? []).map((range) =>
      Number(range.match(/\d+/)),
    )
    expect(starts.length).toBeLessThanOrEqual(8)
    expect(Math.max(...starts)).toBeGreaterThan(0.8 * longBytes)
  })
})

function pathOf(name: string): string {
  return `/${name.replaceAll(' ', '-')}`
}

async function expectToPlay(path: string, durationMs: number): Promise<void> {
  const seen = await watch(player.page, path)
  const seconds = durationMs / 1000
  expect(seen.error).toBe('')
  expect(Math.abs(seen.duration - seconds)).toBeLessThan(0.002)
  expect(seen.playedTo).toBeGreaterThan(0.1)
  expect(seen.seeks).toEqual([0.1, 0.5, 0.9].map((part) => expect.closeTo(part * seconds, 1)))
}
