// The page of a recording whose server is dead, or knows nothing of it: it shows what lies on this device, and becomes the
// ordinary page by itself once the server answers.
import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createWorld } from '../support/world.ts'
import { leaveBehind } from './left-behind.ts'
import { recordingPage, untilControlled, useVisit } from './visit.ts'

const visit = useVisit()

const ONLY_HERE = /^[\d.]+ [kM]B are still only on this device$/

/** How many chunks the legend of the map counts in this place. */
async function counted(page: Page, place: string): Promise<number> {
  const line = page.locator('.chunk-legend li').filter({ hasText: place })
  return Number((await line.locator('b').textContent())?.replaceAll(/\D/g, ''))
}

/** In the page: whether each cell of the row is drawn as a frame, with nothing in it. */
function hollowCells(canvas: HTMLCanvasElement, count: number): boolean[] {
  const [size, step] = [14, 17]
  const alphaAt = (x: number, y: number) =>
    canvas
      .getContext('2d')
      ?.getImageData(Math.round(x * devicePixelRatio), Math.round(y * devicePixelRatio), 1, 1)
      .data[3] ?? 0
  return Array.from({ length: count }, (_, at) => {
    const middle = at * step + size / 2
    return alphaAt(middle, 0.5) > 0 && alphaAt(middle, size / 2) === 0
  })
}

async function keptBytes(page: Page, button: Locator): Promise<number> {
  const saved = page.waitForEvent('download')
  await button.click()
  return (await stat(await (await saved).path())).size
}

/** Found again at the end: what was loaded anew would not have it. */
const leaveSign = (page: Page) =>
  page.evaluate(() => document.documentElement.setAttribute('data-same', ''))
const isSame = (page: Page) =>
  page.evaluate(() => document.documentElement.hasAttribute('data-same'))

test('shows what a crash left while the server is dead, and the recording once it lives again', async () => {
  await using world = await createWorld()
  const first = await world.openPage()
  await first.waitUntilControlled()
  await first.page.getByRole('button', { name: /^Camera/ }).click()
  await first.page.getByLabel('Title', { exact: true }).fill('Only here')
  await first.page.getByRole('button', { name: 'Record', exact: true }).click()
  await first.page.getByText(/^\d+:(0[2-9]|[1-5]\d) safe on the server$/).waitFor()
  const { id } = await world.api.firstRecording()
  await world.server.kill()
  await first.page.getByText(/^([4-9]|[1-5]\d) s waiting here$/).waitFor()
  await world.killBrowser()

  const { page } = await world.openPage()
  await page.goto(`${world.proxy.url}/recordings/${id}`)
  await leaveSign(page)
  const shown = recordingPage(page)
  await shown.getByRole('heading', { level: 1, name: 'Only here' }).waitFor()
  await shown.getByText(/^The server does not answer. This is what lies on this device/).waitFor()
  await shown.getByText(ONLY_HERE).waitFor()
  await shown.getByText(/^They are sent as soon as the server answers/).waitFor()
  await shown.getByText(/^0:(0[6-9]|[1-5]\d) recorded$/).waitFor()
  expect(await page.title()).toContain('Only here')
  expect(await counted(page, 'on this device')).toBeGreaterThanOrEqual(3)
  const kept = await keptBytes(page, shown.getByRole('button', { name: 'Download Only here' }))
  expect(kept).toBeGreaterThan(1_000)

  await world.server.start()
  await shown
    .getByText(/^All (of it|that came) is safe on the server$/)
    .waitFor({ timeout: 40_000 })
  await shown.locator('video').waitFor()
  expect(await shown.getByText(ONLY_HERE).count()).toBe(0)
  expect(await counted(page, 'on this device')).toBe(0)
  expect(await counted(page, 'safe on the server')).toBeGreaterThanOrEqual(6)
  expect(await isSame(page)).toBe(true)
}, 120_000)

test('the chunk map draws what is on this device as frames, counts it, and names each', async () => {
  const { page, world } = visit
  const [id, title] = [randomUUID(), `Cells ${randomUUID()}`]
  await untilControlled(page)
  world.proxy.setLine('cut')
  await leaveBehind(page, { id, title, count: 5 })
  await page.goto(`${world.proxy.url}/recordings/${id}`)
  await recordingPage(page).getByRole('heading', { level: 1, name: title }).waitFor()
  const cells = page.getByRole('img', { name: '5 on this device.' })
  await cells.waitFor()
  expect(await counted(page, 'on this device')).toBe(5)
  expect(await cells.evaluate(hollowCells, 5)).toEqual([true, true, true, true, true])
  await cells.hover({ position: { x: 2 * 17 + 7, y: 7 } })
  expect(await cells.getAttribute('title')).toBe('Chunk 3: on this device')

  await leaveSign(page)
  world.proxy.setLine('open')
  const sent = page.getByRole('img', { name: '5 safe on the server.' })
  await sent.waitFor({ timeout: 30_000 })
  expect(await sent.evaluate(hollowCells, 5)).toEqual([false, false, false, false, false])
  expect(await isSame(page)).toBe(true)
}, 90_000)

test('what the server does not know is shown as far as it is here', async () => {
  const { page, world } = visit
  const [id, title] = [randomUUID(), `Unknown ${randomUUID()}`]
  // Nobody answers at the address that it is for: it stays here, and this server never hears of it.
  await leaveBehind(page, { id, title, count: 3, server: 'http://127.0.0.1:9' })
  await page.goto(`${world.proxy.url}/recordings/${id}`)
  const shown = recordingPage(page)
  await shown.getByRole('heading', { level: 1, name: title }).waitFor()
  await shown.getByText(/^The server does not know this recording/).waitFor()
  await shown.getByText(ONLY_HERE).waitFor()
  await page.getByRole('img', { name: '3 on this device.' }).waitFor()
  await shown.getByRole('button', { name: `Discard ${title}` }).click()
  await page.getByRole('button', { name: 'Discard for good' }).click()
  await shown.getByRole('heading', { name: 'There is no such recording' }).waitFor()
}, 60_000)

test('what the server hears of from this device becomes the ordinary page, also where it tells no events', async () => {
  const { page, world } = visit
  const [id, title] = [randomUUID(), `News ${randomUUID()}`]
  await page.route('**/api/events*', (route) => route.abort())
  await page.goto(`${world.proxy.url}/recordings/${id}`)
  const shown = recordingPage(page)
  await shown.getByRole('heading', { name: 'There is no such recording' }).waitFor()
  await leaveSign(page)
  await leaveBehind(page, { id, title, count: 3 })
  await page.getByRole('img', { name: '3 safe on the server.' }).waitFor()
  await shown.getByRole('heading', { level: 1, name: title }).waitFor()
  expect(await isSame(page)).toBe(true)
}, 60_000)

test('what another tab records is shown, and can be kept, while the server is dead', async () => {
  const { page, world } = visit
  const { page: maker } = await world.openPage()
  const title = `Beside ${randomUUID()}`
  await maker.getByRole('button', { name: /^Camera/ }).click()
  await maker.getByLabel('Title', { exact: true }).fill(title)
  await maker.getByRole('button', { name: 'Record', exact: true }).click()
  await maker.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  const listed = (await world.api.list()) as { id: string; title?: string }[]
  const id = listed.find((one) => one.title === title)?.id ?? ''
  await untilControlled(page)
  await world.server.kill()
  await maker.getByText(/^([3-9]|[1-5]\d) s waiting here$/).waitFor()
  await page.bringToFront()
  await page.goto(`${world.proxy.url}/recordings/${id}`)
  await leaveSign(page)
  const shown = recordingPage(page)
  await shown.getByRole('heading', { level: 1, name: title }).waitFor()
  await shown.getByText(ONLY_HERE).waitFor()
  expect(await counted(page, 'on this device')).toBeGreaterThanOrEqual(2)
  expect(await keptBytes(page, shown.getByRole('button', { name: 'Keep a copy' }))).toBeGreaterThan(
    1_000,
  )
  await world.server.start()
  await shown.getByText(/^Being recorded: /).waitFor({ timeout: 40_000 })
  expect(await isSame(page)).toBe(true)
  await maker.close()
}, 120_000)
