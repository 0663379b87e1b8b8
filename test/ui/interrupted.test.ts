// What a browser does to a page in the middle of a recording: it freezes it, keeps it busy, turns the clock, puts it
// aside for Back, runs it twice, ends its worker. Nothing is missing afterwards, and nothing was sent twice.
import { randomUUID } from 'node:crypto'
import type { CDPSession, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectBeginsWith, expectSamePackets } from '../e2e/expect-media.ts'
import { waitFor } from '../support/wait-for.ts'
import { GRACE_MS } from '../support/world.ts'
import { leaveBehind } from './left-behind.ts'
import { useVisit } from './visit.ts'

const visit = useVisit()

const sessionOf = (page: Page): Promise<CDPSession> => page.context().newCDPSession(page)

const start = async (page: Page, title = ''): Promise<void> => {
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByLabel('Title', { exact: true }).fill(title)
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
}

const stop = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page
    .getByRole('heading', { name: 'Safe on the server', exact: true })
    .waitFor({ timeout: 30_000 })
}

/** The recording of that title, finished, with every packet that its recorder gave. */
async function expectWhole(title: string, recorder: number): Promise<string> {
  const { world } = visit
  const { api } = world
  const id = await idOf(title)
  expect(await api.waitForStatus(id, 'ready')).toMatchObject({ version: 1, gaps: [] })
  await expectSamePackets(await api.media(id), world.tap().joined(recorder))
  return id
}

const idOf = (title: string): Promise<string> =>
  waitFor(`the recording ${title}`, async () => {
    const all = (await visit.world.api.list()) as { id: string; title?: string }[]
    return all.find((one) => one.title === title)?.id
  })

/** Recorders of this file's pages so far. */
const recorders = () => visit.world.tap().startedAtMs.length

// Chromium freezes no page that captures, nor one that holds a lock; a system that sleeps asks neither.
test('a frozen page goes on where it was, and was not taken for dead', async () => {
  const { page, world } = visit
  const title = `Frozen ${randomUUID()}`
  const mine = recorders()
  await start(page, title)
  const id = await idOf(title)
  await page.evaluate(() => {
    const pause = { longestMs: 0 }
    let at = performance.now()
    setInterval(() => {
      pause.longestMs = Math.max(pause.longestMs, performance.now() - at)
      at = performance.now()
    }, 100)
    Object.assign(globalThis, { pause })
  })
  await world.freezePages(true)
  const frozenAt = performance.now()
  await waitFor('more than the grace time', () => performance.now() - frozenAt > GRACE_MS * 1.5)
  expect(await world.api.read(id)).toMatchObject({ status: 'recording', version: 0 })
  await world.freezePages(false)
  await page.getByText(/^\d+:(0[89]|[1-5]\d) safe on the server$/).waitFor()
  const longestMs = await page.evaluate(() => {
    return (globalThis as unknown as { pause: { longestMs: number } }).pause.longestMs
  })
  expect(longestMs).toBeGreaterThan(GRACE_MS)
  await stop(page)
  await expectWhole(title, mine)
  expect(visit.errors).toEqual([])
}, 60_000)

test('a page that is busy for seconds loses nothing', async () => {
  const { page } = visit
  const title = `Busy ${randomUUID()}`
  const mine = recorders()
  await start(page, title)
  await page.evaluate(() => {
    const until = performance.now() + 4_000
    while (performance.now() < until);
  })
  await page.getByText(/^\d+:(0[6-9]|[1-5]\d) safe on the server$/).waitFor()
  await stop(page)
  await expectWhole(title, mine)
}, 60_000)

test('a clock that is turned by an hour, back and forth, changes no time that is recorded or shown', async () => {
  const { page, world } = visit
  await page.addInitScript(() => {
    const clock = { offsetMs: 0 }
    const Real = Date
    const now = Date.now.bind(Date)
    const construct = (target: DateConstructor, given: [] | [number]) =>
      given.length === 0 ? new target(now() + clock.offsetMs) : Reflect.construct(target, given)
    const Turned = new Proxy(Real, { construct })
    Turned.now = () => now() + clock.offsetMs
    Object.assign(globalThis, { Date: Turned, clock })
  })
  await page.reload()
  const title = `Turned ${randomUUID()}`
  const mine = recorders()
  const beganAt = performance.now()
  await start(page, title)
  for (const [hours, shown] of [
    [1, 3],
    [-1, 5],
    [0, 7],
  ] as const) {
    await page.evaluate((by) => {
      const { clock } = globalThis as unknown as { clock: { offsetMs: number } }
      clock.offsetMs = by * 3_600_000
    }, hours)
    await page.getByText(new RegExp(`^\\d+:(0[${shown}-9]|[1-5]\\d) safe on the server$`)).waitFor()
  }
  const said = await page.locator('.clock time').textContent()
  const [minutes = 0, seconds = 0] = (said ?? '').split(':').map(Number)
  expect((minutes * 60 + seconds) * 1_000).toBeLessThanOrEqual(performance.now() - beganAt)
  await stop(page)
  const id = await expectWhole(title, mine)
  const { durationMs } = await world.api.read(id)
  expect(durationMs).toBeLessThanOrEqual(performance.now() - beganAt)
}, 60_000)

test('a page that is left and gone back to has lost nothing, and shows what became of it', async () => {
  const { page, world } = visit
  const title = `Left ${randomUUID()}`
  const mine = recorders()
  await start(page, title)
  page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined))
  await page.goto(`${world.proxy.url}/healthz`)
  // Chromium keeps no page that captures for Back: it is a new one.
  await page.goBack()
  const row = page.getByRole('listitem').filter({ hasText: title })
  await row.getByText('Ready').waitFor()
  const id = await idOf(title)
  const { gaps } = await world.api.waitForStatus(id, 'ready')
  expect(gaps).toEqual([])
  await expectBeginsWith(await world.api.media(id), world.tap().joined(mine))
}, 60_000)

test('two tabs record side by side, and each sends its own alone', async () => {
  const { page, world } = visit
  const other = await world.openPage()
  const tabs = [page, other.page]
  const touched = tabs.map((tab) => watchSending(tab))
  const titles = tabs.map(() => `Beside ${randomUUID()}`)
  for (const [at, tab] of tabs.entries()) await start(tab, titles[at])
  world.proxy.setLine('cut')
  for (const tab of tabs) await tab.getByText(/^([2-9]|[1-5]\d) s waiting here$/).waitFor()
  for (const tab of tabs) {
    expect(await tab.getByRole('region', { name: /^(Found|Sending)/ }).count()).toBe(0)
  }
  world.proxy.setLine('open')
  for (const tab of tabs) await stop(tab)
  for (const [at, title] of titles.entries()) {
    const id = await idOf(title)
    expect([...(touched[at] ?? [])]).toEqual([id])
    expect(await world.api.waitForStatus(id, 'ready')).toMatchObject({ gaps: [] })
  }
  await other.page.close()
}, 60_000)

test('what a tab that died left behind is found by the one that is open', async () => {
  const { page, world } = visit
  const id = randomUUID()
  await leaveBehind(page, { id, title: 'Of a dead tab', count: 3 })
  const banner = page.getByRole('region', { name: /^(Found|Everything found)/ })
  await banner.getByText('Of a dead tab').waitFor()
  await page.getByRole('heading', { name: /now safe on the server$/ }).waitFor()
  expect((await world.api.read(id)).takes).toMatchObject([{ chunks: 3, missing: [] }])
}, 60_000)

test('a worker that is ended in the middle of its drain has lost nothing, and the next visit goes on', async () => {
  const { page, world } = visit
  const [id, count] = [randomUUID(), 200]
  await page.evaluate(() => navigator.serviceWorker.ready)
  const session = await sessionOf(page)
  await session.send('ServiceWorker.enable')
  await leaveBehind(page, { id, title: 'Half sent', count }, async () => {
    const { active } = await navigator.serviceWorker.ready
    active?.postMessage({ type: 'holdfast:drain-all' })
  })
  const stored = async () => (await world.api.read(id)).takes[0]?.chunks ?? 0
  await waitFor('the middle of it', async () => (await stored()) > 5, { everyMs: 10 })
  await session.send('ServiceWorker.stopAllWorkers')
  expect(await stored()).toBeLessThan(count)
  await page.reload()
  const done = page.getByRole('heading', { name: /now safe on the server$/ })
  await done.waitFor({ timeout: 30_000 })
  expect((await world.api.read(id)).takes).toMatchObject([{ chunks: count, missing: [] }])
}, 60_000)

/** The recordings of which a tab sends anything. */
function watchSending(page: Page): Set<string> {
  const ids = new Set<string>()
  const note = (url: string) => {
    const [, id] = /\/recordings\/([\w-]+)\/(?:socket|frames|stop|chunks)/.exec(url) ?? []
    if (id) ids.add(id)
  }
  page.on('websocket', (socket) => note(socket.url()))
  page.on('request', (request) => note(request.url()))
  return ids
}
