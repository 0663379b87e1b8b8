// What a person sees of an MP4 recording of which chunks are missing or torn: Chromium plays it to its end and seeks in it.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, ChromiumProcess } from '../support/chromium.ts'
import { corpusName, loadMp4Takes } from '../support/corpus.ts'
import { buildWithout, type SentTake, sendTake } from '../support/damaged-take.ts'
import { RangeServer, type ServedFile } from '../support/range-server.ts'
import { watch, watchToEnd } from '../support/watched.ts'

const hasChromium = existsSync(CHROMIUM)
if (!hasChromium) console.warn('SKIPPED: Chromium is not installed, holed MP4 is not played')

const without = (lostOf: (chunks: number) => number[]) => (sent: SentTake) =>
  buildWithout(sent, lostOf(sent.chunks.length))

/** The middle chunk came with its first half only, and counts as whole. */
function cutInTwo(sent: SentTake) {
  const middle = sent.chunks.length >> 1
  const chunks = sent.chunks.map((chunk, seq) =>
    seq === middle ? { ...chunk, bytes: chunk.bytes.slice(0, chunk.bytes.length >> 1) } : chunk,
  )
  return buildWithout({ ...sent, chunks }, [])
}

const DAMAGES = [
  { damage: 'one in the middle', make: without((count) => [count >> 1]) },
  { damage: 'four', make: without((count) => [1, 3, 4, count - 3]) },
  { damage: 'the first', make: without(() => [0]) },
  { damage: 'the last', make: without((count) => [count - 1]) },
  { damage: 'half of one', make: cutInTwo },
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
let browser: ChromiumProcess
let server: RangeServer
let page: Page
let profileDir = ''

beforeAll(async () => {
  if (!hasChromium) return
  const html = new TextEncoder().encode('<!doctype html><video muted>')
  const files = new Map<string, ServedFile>([['/', { bytes: html, contentType: 'text/html' }]])
  for (const { path, built } of cases) {
    files.set(path, { bytes: built.bytes, contentType: 'video/mp4' })
  }
  server = await RangeServer.listen(files)
  profileDir = await mkdtemp(join(tmpdir(), 'holdfast-mp4-gaps-'))
  browser = await ChromiumProcess.launch({ profileDir })
  page = await browser.newPage()
  await page.goto(`${server.origin}/`)
})
afterAll(async () => {
  await browser?.kill()
  await server?.close()
  await rm(profileDir, { recursive: true, force: true })
})

describe.skipIf(!hasChromium)(`Chromium, on MP4 takes of ${corpusName}`, () => {
  test.each(cases)('$name without $damage: plays to the end and seeks', async ({ path, built }) => {
    const seconds = (built.file.durationMs ?? 0) / 1000
    const leadSeconds = (built.file.runs[0]?.startMs ?? 0) / 1000
    const { error, endedAt } = await watchToEnd(page, path)
    expect(error).toBe('')
    expect(Math.abs(endedAt - seconds)).toBeLessThan(0.15)
    const seen = await watch(page, path)
    expect(seen.error).toBe('')
    // Where the beginning is lost Chromium takes that off the duration until it has played to the end.
    expect(seen.duration).toBeGreaterThan(seconds - leadSeconds - 0.002)
    expect(seen.duration).toBeLessThan(seconds + 0.002)
    // What lies before the first sample is sought by going to that.
    const places = [0.1, 0.5, 0.9].map((part) => Math.max(leadSeconds, part * seen.duration))
    expect(seen.seeks).toEqual(places.map((place) => expect.closeTo(place, 1)))
  })
})
