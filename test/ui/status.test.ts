// The operators' page in a real browser: true figures, curves that are drawn, and a failed recording that is mended by its button.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChromiumProcess } from '../support/chromium.ts'
import { loadTake } from '../support/corpus.ts'
import { WireBed } from '../support/wire-bed.ts'

const { slices } = loadTake('webm-vp8-opus-ts1000-30s')

let bed: WireBed
let profileDir: string
let browser: ChromiumProcess
let page: Page
const errors: string[] = []

beforeAll(async () => {
  bed = await WireBed.start('bun')
  profileDir = await mkdtemp(join(tmpdir(), 'holdfast-status-'))
  browser = await ChromiumProcess.launch({ profileDir })
  page = await browser.newPage()
  page.on('pageerror', ({ message }) => errors.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
})
afterAll(async () => {
  await browser.kill()
  await rm(profileDir, { recursive: true, force: true, maxRetries: 5 })
  await bed.stop()
})

const figure = (word: string) => page.locator('.figure', { hasText: word }).locator('dd')

test('says that all is well, and draws what was counted', { timeout: 60_000 }, async () => {
  const made = await bed.http.create({ title: 'Live' })
  await bed.http.put(made, { take: 0, seq: 0 }, slices[0] ?? new Uint8Array(0))
  await page.goto(`${bed.url}/status`)
  await page.getByText('All is well').waitFor()
  await page.locator('.plot canvas').first().waitFor({ timeout: 40_000 })
  expect(await page.locator('.plot canvas').count()).toBe(6)
  const stored = page.locator('.plot', { hasText: 'Stored chunks' }).locator('figcaption')
  expect(await stored.textContent()).toBe('1 chunks')
})

test('names what failed and why, and its button finishes it', async () => {
  const made = await bed.http.create({ title: 'Broken talk' })
  for (const seq of [0, 1])
    await bed.http.put(made, { take: 0, seq }, slices[seq] ?? new Uint8Array(0))
  await bed.http.untilStatus(made, 'ready')
  await bed.sql`
    update recordings set status = 'failed', last_error = 'The disk was away', attempts = 4,
      finalized_generation = -1, next_attempt_at = now() + interval '1 day' where id = ${made.id}`
  await page.goto(`${bed.url}/status`)
  const row = page.getByRole('listitem').filter({ hasText: 'Broken talk' })
  await row.getByText('The disk was away').waitFor()
  expect(await figure('Failed').textContent()).toBe('1')
  await row.getByRole('button', { name: 'Try now to finish Broken talk' }).click()
  await row.waitFor({ state: 'detached' })
  expect(await figure('Failed').textContent()).toBe('0')
  await bed.http.untilStatus(made, 'ready')
})

test('fits a narrow window, and says nothing to the console', async () => {
  for (const width of [320, 640, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    const spill = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(spill).toBeLessThanOrEqual(0)
  }
  expect(errors).toEqual([])
})
