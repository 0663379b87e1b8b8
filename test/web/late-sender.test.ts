// What sends is a file of its own, which comes behind what captures and keeps. It may come late, or not at all in this visit.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

let browser: LibraryBrowser
let server: ServerProcess
let api: ServerApi

beforeAll(async () => {
  browser = await LibraryBrowser.create()
  const env = { HOLDFAST_ORIGINS: browser.url, HOLDFAST_GRACE_MS: '2000', HOLDFAST_SWEEP_MS: '250' }
  server = await startServer({ env })
  api = new ServerApi(server.url)
})
beforeEach(() => {
  browser.hasSender = false
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server.stop()
})

/** Records until some of it is on the disk. */
async function recordSome(page: Page): Promise<{ id: string }> {
  const options = { timesliceMs: 300, server: server.url }
  const made = await page.evaluate((given) => holdfast.begin(given), options)
  await waitFor('chunks', () => page.evaluate(() => holdfast.count('buffered') >= 4))
  return made
}

const seen = (page: Page) =>
  page.evaluate(() => {
    const { progress, connection, error, state } = holdfast.recording ?? {}
    const where = holdfast.log.filter(({ type }) => type === 'buffered').map(({ event }) => event)
    return { progress, connection, error, state, where }
  })

test('a recording begins without it, is kept and said to be only here, and is sent when it comes', async () => {
  const page = await browser.openTab()
  const { id } = await recordSome(page)
  await waitFor('the word that it is missing', async () => (await seen(page)).error !== null)
  const before = await seen(page)
  expect(before.error).toMatchObject({ code: 'sender_missing', retry: true })
  expect(before.connection).toMatchObject({ rung: 'none', online: false })
  expect(before.progress).toMatchObject({ ackedMs: 0, ackedChunks: 0, memoryBytes: 0 })
  expect(before.progress?.bufferedMs).toBeGreaterThan(300)
  expect(before.where.every((one) => (one as { where: string }).where === 'disk')).toBe(true)
  const refused = await page.evaluate(() => holdfast.listUnsent().catch((error) => error.code))
  expect(refused).toBe('unavailable')

  // Stopped before it comes: nothing of that is lost either.
  await page.evaluate(() => {
    void holdfast.recording?.stop()
  })
  await waitFor('the end of capture', async () => (await seen(page)).state === 'saving')
  expect(await page.evaluate(() => holdfast.count('acked'))).toBe(0)
  browser.hasSender = true
  await page.evaluate(() => holdfast.recording?.safe)
  await waitFor('the file', async () => (await seen(page)).state === 'ready')
  const { chunks, ackedChunks } = (await seen(page)).progress ?? {}
  expect(ackedChunks).toBe(chunks)
  expect((await api.read(id)).status).toBe('ready')
  await page.close()
}, 120_000)

test('a tab that dies before it ever came leaves everything to the next visit', async () => {
  const page = await browser.openTab()
  const { id } = await recordSome(page)
  await browser.kill()

  browser.hasSender = true
  const next = await browser.openTab()
  const found = await next.evaluate(async () => {
    const uploads = await holdfast.drainUnsent()
    await Promise.all(uploads.map((upload) => upload.safe))
    return uploads.map((upload) => ({ id: upload.id, chunks: upload.progress.ackedChunks }))
  })
  expect(found.map((one) => one.id)).toEqual([id])
  expect(found[0]?.chunks).toBeGreaterThanOrEqual(4)
  await api.waitForStatus(id, 'ready')
}, 120_000)
