// What a person sees of a take that another recorder wrote: Chromium shows the duration of its virtual file, plays it and
// seeks in it. SYNTHETIC, see webm-dialects.ts.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, ChromiumProcess } from '../support/chromium.ts'
import { RangeServer, type ServedFile } from '../support/range-server.ts'
import { buildFile } from '../support/take-pipeline.ts'
import { watch } from '../support/watched.ts'
import { writeDialects } from '../support/webm-dialects.ts'

const hasChromium = existsSync(CHROMIUM)
if (!hasChromium) console.warn('SKIPPED: Chromium is not installed, dialects are not played')

const built = writeDialects().map(({ name, bytes }, n) => ({
  name,
  path: `/${n}`,
  made: buildFile(null, [bytes]),
}))
let browser: ChromiumProcess
let server: RangeServer
let page: Page
let profileDir = ''

beforeAll(async () => {
  if (!hasChromium) return
  const blank = new TextEncoder().encode('<!doctype html><video muted>')
  const files = new Map<string, ServedFile>([['/', { bytes: blank, contentType: 'text/html' }]])
  for (const { path, made } of built) {
    files.set(path, { bytes: made.bytes, contentType: 'video/webm' })
  }
  server = await RangeServer.listen(files)
  profileDir = await mkdtemp(join(tmpdir(), 'holdfast-dialects-'))
  browser = await ChromiumProcess.launch({ profileDir })
  page = await browser.newPage()
  await page.goto(`${server.origin}/`)
})
afterAll(async () => {
  await browser?.kill()
  await server?.close()
  await rm(profileDir, { recursive: true, force: true })
})

describe.skipIf(!hasChromium)('Chromium', () => {
  test.each(built)('plays and seeks: $name', async ({ path, made }) => {
    const seconds = (made.file.durationMs ?? 0) / 1000
    const seen = await watch(page, path)
    expect(seen.error).toBe('')
    expect(Math.abs(seen.duration - seconds)).toBeLessThan(0.002)
    expect(seen.playedTo).toBeGreaterThan(0.1)
    expect(seen.seeks).toEqual([0.1, 0.5, 0.9].map((part) => expect.closeTo(part * seconds, 1)))
  })
})
