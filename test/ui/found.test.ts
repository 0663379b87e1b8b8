// What the banner says of what was left on this device: of each recording when, how long, how much and how far; to the
// end, over reloads, and also of a tab that dies beside this one.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { leaveBehind } from './left-behind.ts'
import { storedKeys, writeRows } from './stored-keys.ts'
import { untilControlled, useVisit } from './visit.ts'

const visit = useVisit()

const FOUND = /^Found/
const rowOf = (page: Page, title: string): Locator =>
  page.locator('.unsent-row').filter({ hasText: title })

/** The part of the bar that is safe. */
const safePart = async (row: Locator): Promise<number> =>
  Number(
    await row.locator('.safety-bar').evaluate((bar: HTMLElement) => {
      return bar.style.getPropertyValue('--safe')
    }),
  )

test('a tab that crashes beside this one is told of here, without a reload', async () => {
  const { page, world } = visit
  const maker = await world.openPage()
  const title = `Crashed ${randomUUID()}`
  await maker.page.getByRole('button', { name: /^Camera/ }).click()
  await maker.page.getByLabel('Title', { exact: true }).fill(title)
  await maker.page.getByRole('button', { name: 'Record', exact: true }).click()
  await maker.page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  await page.bringToFront()
  world.proxy.setLine('cut')
  await maker.page.getByText(/^([3-9]|[1-5]\d) s waiting here$/).waitFor()
  expect(await page.getByRole('region', { name: FOUND }).count()).toBe(0)
  const session = await maker.page.context().newCDPSession(maker.page)
  session.send('Page.crash').catch(() => undefined)

  await page.getByRole('region', { name: FOUND }).waitFor()
  const row = rowOf(page, title)
  await row.getByText(/^(Today|Yesterday), /).waitFor()
  // What waits is counted by the clock; what the recorder still held died with the tab.
  await row.getByText(/^0:(0[2-9]|[1-5]\d) recorded$/).waitFor()
  await row.getByText(/^0:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  await row.getByText(/[kM]B to send$/).waitFor()
  world.proxy.setLine('open')
  await page.getByRole('heading', { name: /now safe on the server$/ }).waitFor({ timeout: 30_000 })
  await row.getByText('all safe on the server').waitFor()
  expect(await safePart(row)).toBe(1)
}, 60_000)

test('several are told of one by one, and a reload in the middle loses none of them', async () => {
  const { page, world } = visit
  const titles = ['First', 'Second', 'Third'].map((name) => `${name} ${randomUUID()}`)
  world.proxy.setLine('cut')
  const ids = titles.map(() => randomUUID())
  for (const [at, title] of titles.entries()) {
    await leaveBehind(page, { id: ids[at] ?? '', title, count: 60 })
  }
  await page.reload()
  const banner = page.getByRole('region', { name: 'Found 3 recordings that were not fully sent' })
  await banner.getByText('They stay on this device until the server answers.').waitFor()
  for (const title of titles) await rowOf(page, title).getByText('1:00 recorded').waitFor()

  world.proxy.setShape({ bytesPerSecond: 150_000 })
  world.proxy.setLine('open')
  await banner.getByText('They are being sent automatically.').waitFor({ timeout: 30_000 })
  const parts = () => Promise.all(titles.map((title) => safePart(rowOf(page, title))))
  await waitFor('a part of each', async () => (await parts()).every((part) => part > 0.05), {
    timeoutMs: 30_000,
  })
  const before = await parts()
  expect(Math.max(...before)).toBeLessThan(1)
  await page.reload()
  await banner.waitFor()
  // What was acked a moment before may still lie here: the server says so as soon as it is asked.
  await waitFor('all to be as far as before', async () =>
    (await parts()).every((part, at) => part >= (before[at] ?? 1)),
  )
  world.proxy.setShape({})
  world.proxy.setLine('cut')
  world.proxy.setLine('open')
  await page.getByRole('heading', { name: /now safe on the server$/ }).waitFor({ timeout: 30_000 })
  expect(await parts()).toEqual([1, 1, 1])
  for (const id of ids) {
    expect((await world.api.read(id)).takes).toMatchObject([{ chunks: 60, missing: [] }])
  }
}, 90_000)

test('what is left can be kept as a file while the server is away', async () => {
  const { page, world } = visit
  const [id, title] = [randomUUID(), `Kept ${randomUUID()}`]
  world.proxy.setLine('cut')
  await leaveBehind(page, { id, title, count: 2 })
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: `Download ${title}` }).click()
  const download = await saved
  expect(download.suggestedFilename()).toBe(`${title}.webm`)
  expect(await readFile(await download.path())).toHaveLength(40_000)
  world.proxy.setLine('open')
  await page.getByRole('heading', { name: /now safe on the server$/ }).waitFor({ timeout: 30_000 })
}, 60_000)

test('what waits for its next try goes as soon as the page hears from the server', async () => {
  const { page, world } = visit
  const [id, title] = [randomUUID(), `Waiting ${randomUUID()}`]
  await untilControlled(page)
  world.proxy.setLine('cut')
  await page.getByText('Server not reached', { exact: true }).waitFor()
  // After this no try comes by itself while the test runs.
  await page.evaluate(() => {
    Math.random = () => 1_000
  })
  const tried = page.waitForEvent('requestfailed', (request) => request.method() === 'POST')
  await leaveBehind(page, { id, title, count: 2 })
  await tried
  await page.getByRole('region', { name: FOUND }).waitFor()
  world.proxy.setLine('open')
  await page.getByRole('heading', { name: /now safe on the server$/ }).waitFor({ timeout: 30_000 })
}, 60_000)

test('a recording of which nothing was captured is not offered, and its row goes', async () => {
  const { page, world } = visit
  const id = randomUUID()
  const asked = { id, token: 'a-token-of-an-earlier-visit', server: new URL(page.url()).origin }
  const row = { ...asked, title: 'Nothing', metadata: null, bearer: null, created: false }
  await writeRows(page, [[[id], { ...row, createdAt: new Date().toISOString(), ended: null }]])
  await page.reload()
  await waitFor('the row to go', async () => (await storedKeys(page)).length === 0)
  expect(await page.locator('.banner').count()).toBe(0)
  expect((await world.api.list()).map((one) => one.id)).not.toContain(id)
}, 60_000)
