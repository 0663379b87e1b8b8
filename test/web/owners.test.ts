// More than one owner of one recording, one after the other: what one of them sent the next one neither
// misses nor sends again, and an open page never waits for the service worker.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import { bytesOf, leaveBehind, stillHere } from './earlier-visit.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

let browser: LibraryBrowser
let server: ServerProcess
let api: ServerApi

beforeAll(async () => {
  browser = await LibraryBrowser.create()
  server = await startServer({ env: { HOLDFAST_ORIGINS: browser.url } })
  api = new ServerApi(server.url)
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server.stop()
})

const TOKEN = 'a-token-of-an-earlier-visit'
const isOwned = (page: Page, id: string): Promise<boolean> =>
  page.evaluate(async (one) => (await holdfast.ownedIds()).has(one), id)

test('what another owner sent while a page waited for its turn counts as sent, and is not called lost', async () => {
  const [other, page] = [await browser.openTab(), await browser.openTab()]
  const id = '01890a5d-ac96-774b-bcce-b302099a8061'
  const left = { id, token: TOKEN, server: server.url, sizes: [1_000, 2_000, 3_000] }
  await leaveBehind(other, left)
  await other.evaluate((one) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    Object.assign(globalThis, { letGo: resolve })
    void navigator.locks.request(`holdfast:${one}`, () => promise)
  }, id)
  await waitFor('the other owner', () => isOwned(page, id))
  // Over HTTP no WELCOME says what the server has: only another look at the buffer can tell.
  await page.evaluate(() => {
    Object.defineProperty(globalThis, 'WebSocket', { value: undefined })
  })
  await page.evaluate((options) => holdfast.begin(options), {
    id,
    token: TOKEN,
    server: server.url,
  })
  await waitFor('a chunk of this page', () => page.evaluate(() => holdfast.count('buffered') > 0))

  const json = { 'Content-Type': 'application/json' }
  const body = JSON.stringify({ id, token: TOKEN })
  await fetch(`${server.url}/api/recordings`, { method: 'POST', headers: json, body })
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'video/x-test' }
  for (const seq of [0, 1]) {
    const url = `${server.url}/api/recordings/${id}/chunks/0/${seq}`
    const put = await fetch(url, { method: 'PUT', body: bytesOf(seq, 1_000 * (seq + 1)), headers })
    expect(put.status).toBe(201)
    await other.evaluate(
      async ([one, at]) => {
        const chunk = await holdfast.buffer.getChunk(one, 0, at)
        if (chunk) await holdfast.buffer.forgetChunk(one, { take: 0, seq: at, ...chunk })
      },
      [id, seq] as const,
    )
  }
  await other.evaluate(() => (globalThis as unknown as { letGo: () => void }).letGo())
  await page.evaluate(async () => {
    await holdfast.recording?.stop()
  })
  const seen = await page.evaluate(() => ({
    errors: holdfast.log.filter(({ type }) => type === 'error').map(({ event }) => event),
    acked: holdfast.count('acked'),
    progress: holdfast.recording?.progress,
    state: holdfast.recording?.state,
  }))
  expect(seen.errors).toEqual([])
  expect(['safe', 'ready']).toContain(seen.state)
  expect(seen.progress).toMatchObject({ ackedChunks: seen.acked, chunks: seen.acked })
  const { takes } = await api.read(id)
  expect(takes.map(({ take, missing }) => [take, missing])).toEqual([
    [0, []],
    [1, []],
  ])
  expect(takes[0]).toMatchObject({ chunks: 3, bytes: 6_000 })
  await page.close()
  await other.close()
}, 60_000)

test('a recording that just begins belongs to its tab already: nobody takes it for one that was left', async () => {
  const [maker, other] = [await browser.openTab(), await browser.openTab()]
  const before = new Set(await maker.evaluate(() => holdfast.buffer.listIds()))
  // The row is stored and the recorder has not started yet: on a busy machine that takes a while.
  await maker.evaluate((url) => {
    const { prototype } = MediaRecorder
    const own = Object.getOwnPropertyDescriptor(prototype, 'start')?.value
    const { promise, resolve } = Promise.withResolvers<void>()
    const apply = (target: () => void, recorder: unknown, given: unknown[]) => {
      void promise.then(() => {
        Reflect.apply(target, recorder, given)
      })
    }
    Object.defineProperty(prototype, 'start', { value: new Proxy(own, { apply }) })
    Object.assign(globalThis, { go: resolve, begun: holdfast.begin({ server: url }) })
  }, server.url)
  const listIds = () => maker.evaluate(() => holdfast.buffer.listIds())
  const id = await waitFor('its row', async () => (await listIds()).find((one) => !before.has(one)))
  const found = await other.evaluate(async () => {
    return (await holdfast.drainUnsent()).map((upload) => upload.id)
  })
  expect(found).not.toContain(id)
  const listed = await other.evaluate(() => holdfast.listUnsent())
  expect(listed.map((one) => one.id)).not.toContain(id)
  await maker.evaluate(async () => {
    const { go, begun } = globalThis as unknown as { go: () => void; begun: Promise<unknown> }
    go()
    await begun
  })
  await waitFor('acks', () => maker.evaluate(() => holdfast.count('acked') >= 1))
  await maker.evaluate(async () => {
    await holdfast.recording?.stop()
  })
  await waitFor('the end', () => maker.evaluate(() => holdfast.count('ready') === 1))
  await maker.close()
  await other.close()
}, 60_000)

test('an open page takes over from the service worker, and what it owns can be discarded', async () => {
  const page = await browser.openTab()
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/service-worker.js', { type: 'module' })
    await navigator.serviceWorker.ready
  })
  // Nobody answers at this address: the worker would try for minutes.
  const ids = ['01890a5d-ac96-774b-bcce-b302099a8062', '01890a5d-ac96-774b-bcce-b302099a8063']
  for (const id of ids)
    await leaveBehind(page, { id, token: TOKEN, server: browser.url, sizes: [9] })
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready
    active?.postMessage({ type: 'holdfast:drain-all' })
  })
  const [first = '', second = ''] = ids
  for (const id of ids) await waitFor('the worker to own it', () => isOwned(page, id))

  await page.evaluate((id) => holdfast.deleteUnsent(id), first)
  expect(await stillHere(page, first)).toEqual([])

  await page.evaluate(async () => {
    const found: string[] = []
    Object.assign(globalThis, { found })
    await holdfast.drainUnsent({ onFound: ({ id }) => found.push(id) })
  })
  const found = () => page.evaluate(() => (globalThis as unknown as { found: string[] }).found)
  await waitFor('the page to take over', async () => (await found()).includes(second))
  expect(await stillHere(page, second)).toEqual([0])
  await page.evaluate((id) => holdfast.deleteUnsent(id), second)
  await page.close()
}, 60_000)

test('a recording that cannot be read is told, stays, and holds up no other', async () => {
  const page = await browser.openTab()
  const [broken, fine] = [
    '01890a5d-ac96-774b-bcce-b302099a8064',
    '01890a5d-ac96-774b-bcce-b302099a8065',
  ] as const
  for (const id of [broken, fine]) {
    await leaveBehind(page, { id, token: TOKEN, server: server.url, sizes: [500] })
  }
  const seen = await page.evaluate(async (id) => {
    const { prototype } = IDBObjectStore
    const own = Object.getOwnPropertyDescriptor(prototype, 'getAllKeys')?.value
    const apply = (target: () => unknown, store: unknown, given: unknown[]) => {
      const [range] = given as [IDBKeyRange]
      if ((range.lower as string[])[0] === id) throw new DOMException('gone bad', 'UnknownError')
      return Reflect.apply(target, store, given)
    }
    Object.defineProperty(prototype, 'getAllKeys', { value: new Proxy(own, { apply }) })
    const unreadable: string[] = []
    const found = await holdfast.drainUnsent({
      onUnreadable: (one, error) => unreadable.push(`${one} ${String(error)}`),
    })
    const listed = await holdfast.listUnsent()
    await Promise.all(found.map((upload) => upload.safe))
    Object.defineProperty(prototype, 'getAllKeys', { value: own })
    return { found: found.map((one) => one.id), unreadable, listed: listed.map((one) => one.id) }
  }, broken)
  expect(seen.found).toEqual([fine])
  expect(seen.unreadable).toEqual([`${broken} UnknownError: gone bad`])
  expect(seen.listed).not.toContain(broken)
  expect(await stillHere(page, broken)).toEqual([0])
  await page.evaluate((id) => holdfast.deleteUnsent(id), broken)
  await page.close()
}, 60_000)
