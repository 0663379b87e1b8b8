// Storage that the browser clears beneath a page that records: what memory still has goes on as if nothing had been,
// what is gone is told, and no later visit takes it for sent.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

let browser: LibraryBrowser
let server: ServerProcess
let proxy: TcpProxy
let api: ServerApi

beforeAll(async () => {
  browser = await LibraryBrowser.create()
  const env = { HOLDFAST_ORIGINS: browser.url, HOLDFAST_GRACE_MS: '2000', HOLDFAST_SWEEP_MS: '250' }
  server = await startServer({ env })
  proxy = await TcpProxy.listen(Number(new URL(server.url).port))
  api = new ServerApi(server.url)
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await proxy.close()
  await server.stop()
})

const count = (page: Page, type: string): Promise<number> =>
  page.evaluate((name) => holdfast.count(name), type)

/** Records until the server has something and some more waits here only, then has the storage cleared. */
async function recordAndEvict(page: Page, isLarge: boolean): Promise<string> {
  proxy.setLine('open')
  const { id } = await page.evaluate(
    ([url, large]) => {
      const stream = large ? holdfast.noiseStream() : holdfast.canvasStream()
      const options = { server: url, timesliceMs: 500, videoBitsPerSecond: 4_000_000 }
      return holdfast.begin(options, stream)
    },
    [proxy.url, isLarge] as const,
  )
  await waitFor('acks', async () => (await count(page, 'acked')) >= 2)
  proxy.setLine('cut')
  const acked = await count(page, 'acked')
  await waitFor('chunks that wait', async () => (await count(page, 'buffered')) >= acked + 3)
  const session = await page.context().newCDPSession(page)
  const cleared = { origin: browser.url, storageTypes: 'indexeddb' }
  await session.send('Storage.clearDataForOrigin', cleared)
  const buffered = await count(page, 'buffered')
  await waitFor('chunks after it', async () => (await count(page, 'buffered')) >= buffered + 3)
  return id
}

test('what still lies in memory is stored again, and everything arrives', async () => {
  const page = await browser.openTab()
  const id = await recordAndEvict(page, false)
  await waitFor('memory to be on disk again', () =>
    page.evaluate(() => holdfast.recording?.progress.memoryBytes === 0),
  )
  proxy.setLine('open')
  await page.evaluate(async () => {
    await holdfast.recording?.stop()
  })
  const view = await api.waitForStatus(id, 'ready')
  expect(view.gaps).toEqual([])
  expect(view.takes[0]?.chunks).toBe(await count(page, 'captured'))
  await page.close()
}, 60_000)

test('what is gone is told, and the visit after a crash never calls the recording safe', async () => {
  const page = await browser.openTab()
  const id = await recordAndEvict(page, true)
  const told = () =>
    page.evaluate(() =>
      holdfast.log.flatMap(({ type, event }) =>
        type === 'error' ? [(event as { code: string }).code] : [],
      ),
    )
  await waitFor('the loss to be told', async () => (await told()).includes('chunk_lost'))
  await browser.kill()
  proxy.setLine('open')

  const again = await browser.openTab()
  const end = await again.evaluate(async (one) => {
    const found = await holdfast.drainUnsent()
    const upload = found.find((candidate) => candidate.id === one)
    if (!upload) return null
    const states: string[] = []
    upload.on('state', ({ state }) => states.push(state))
    const refusal = await upload.safe.then(
      () => 'safe',
      (error) => error.code as string,
    )
    return { refusal, states }
  }, id)
  expect(end).toMatchObject({ refusal: 'chunk_lost' })
  expect(end?.states).not.toContain('safe')
  const view = await api.waitForStatus(id, 'incomplete')
  const [take] = view.takes
  // What was stored after it is there; exactly what was cleared is not.
  expect(take?.missing).toHaveLength(1)
  const [[from, to] = [0, 0]] = (take?.missing ?? []) as [number, number][]
  expect(from).toBeGreaterThan(0)
  const total = (take?.chunks ?? 0) + to - from + 1
  expect(to).toBeLessThan(total - 1)
}, 60_000)
