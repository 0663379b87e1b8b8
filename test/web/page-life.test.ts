// A page that says farewell and then lives on: what the back/forward cache does where capture allows it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectSamePackets } from '../e2e/expect-media.ts'
import { tapRecorder } from '../support/recorder-tap.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

let browser: LibraryBrowser
let server: ServerProcess

beforeAll(async () => {
  browser = await LibraryBrowser.create()
  server = await startServer({ env: { HOLDFAST_ORIGINS: browser.url } })
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server.stop()
})

test('a page that comes back revokes its stop, and the file has every packet once', async () => {
  const page = await browser.openTab()
  const tap = await tapRecorder(page.context())
  await page.reload()
  await page.waitForFunction(() => 'holdfast' in globalThis)
  const api = new ServerApi(server.url)
  const { id } = await page.evaluate((url) => holdfast.begin({ server: url }), server.url)
  const acked = () => page.evaluate(() => holdfast.count('acked'))
  await waitFor('acks', async () => (await acked()) >= 2)

  // Paused, so that no further chunk revokes the stop: only the page's word can.
  await page.evaluate(() => holdfast.recording?.pause())
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide')))
  const finished = async () => (await api.read(id)) as { finishedAt?: string | null }
  await waitFor('the stop by beacon', async () => (await finished()).finishedAt)

  const event = { persisted: true }
  await page.evaluate((init) => {
    window.dispatchEvent(new PageTransitionEvent('pageshow', init))
  }, event)
  await waitFor('the stop to be revoked', async () => (await finished()).finishedAt === null)
  await page.evaluate(() => holdfast.recording?.resume())
  const before = await acked()
  await waitFor('more acks', async () => (await acked()) >= before + 2)
  await page.evaluate(async () => {
    await holdfast.recording?.stop()
  })
  await waitFor('the last version', () => page.evaluate(() => holdfast.count('ready') === 1))
  const view = await api.waitForStatus(id, 'ready')
  expect(view).toMatchObject({ reason: 'stop', gaps: [] })
  await expectSamePackets(await api.media(id), tap.joined(0))
}, 60_000)
