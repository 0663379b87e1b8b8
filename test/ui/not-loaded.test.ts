// The page without any language: it says so in words that it brought along, and tries again; what lies on this device stays.
import { randomUUID } from 'node:crypto'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHROMIUM } from '../support/chromium.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { violations } from './axe.ts'
import { leaveBehind } from './left-behind.ts'
import { storedKeys, writeRows } from './stored-keys.ts'
import { namelessNodes, smallTargets, spills } from './usable.ts'

let server: ServerProcess
let browser: Browser

beforeAll(async () => {
  server = await startServer()
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic']
  browser = await chromium.launch({ executablePath: CHROMIUM, args })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

const WORDS = '**/assets/words.*'

/** A first visit, which has nothing of an earlier one; no file of words gets through. */
async function visitWithoutWords(locale: string): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 320, height: 640 } })
  const page = await context.newPage()
  await page.route(WORDS, (route) => route.abort())
  await page.goto(server.url)
  return page
}

test('says that it could not be loaded, keeps what is here, and is whole once the words come', async () => {
  const page = await visitWithoutWords('en-US')
  await page.getByRole('heading', { level: 1, name: 'This page could not be loaded' }).waitFor()
  await page.getByText(/What was recorded on this device stays here/).waitFor()
  const [id, title] = [randomUUID(), 'Waits for its words']
  await writeRows(page, [])
  await leaveBehind(page, { id, title, count: 2 })
  const stored = await storedKeys(page)
  const reloaded = page.waitForEvent('load')
  await page.getByRole('button', { name: 'Try again' }).click()
  await reloaded
  await page.getByRole('heading', { name: 'This page could not be loaded' }).waitFor()
  expect(await storedKeys(page)).toEqual(stored)

  await server.kill()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('The server does not answer yet.').waitFor()
  await page.getByRole('heading', { name: 'This page could not be loaded' }).waitFor()
  await server.start()
  await page.unroute(WORDS)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'What do you want to record?' }).waitFor()
  await page.locator('.unsent-row').filter({ hasText: title }).waitFor()
  expect((await new ServerApi(server.url).waitForStatus(id, 'ready')).gaps).toEqual([])
}, 90_000)

test('says it in German to whoever asks for German', async () => {
  const page = await visitWithoutWords('de-DE')
  await page.getByRole('heading', { name: 'Diese Seite konnte nicht geladen werden' }).waitFor()
  await page.getByRole('button', { name: 'Noch einmal versuchen' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('de')
  expect(await violations(page)).toEqual([])
  expect([...(await spills(page)), ...(await smallTargets(page))]).toEqual([])
  expect(await namelessNodes(page)).toEqual([])
}, 60_000)
