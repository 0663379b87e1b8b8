// The page in German: every screen says German words only, from the first paint on, and dates and sizes as they are
// written there. The choice is kept.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { words as german } from '../../web/ui/strings/de.ts'
import { afterWords as germanAfter } from '../../web/ui/strings/de-after.ts'
import { heldWords as germanHeld } from '../../web/ui/strings/de-held.ts'
import { words as english } from '../../web/ui/strings/en.ts'
import { createWorld, type World } from '../support/world.ts'
import { movedByItself } from './moved.ts'
import { walkScreens } from './screens.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ language: 'de-DE' })
})
afterAll(() => world[Symbol.asyncDispose]())

/** In the page: everything that is read or heard, except names of things: devices, keys, titles, other languages. */
function saidWords(): string[] {
  const notOurs = 'kbd, option, .row-title, [lang]:not(html), script, style, noscript'
  const said = [document.title]
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const { parentElement, textContent } = walker.currentNode
    if (!parentElement?.closest(notOurs)) said.push(textContent ?? '')
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext']) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      said.push(element.getAttribute(name) ?? '')
    }
  }
  return said.map((text) => text.trim()).filter((text) => text !== '')
}

/** Words that no German sentence of the page has. */
const ENGLISH =
  /\b(the|is|are|and|of|not|this|that|to|with|for|on|it|record(ed|ing|ings)?|play|delete|close|title|help|saved?|server's|(to|yester)day)\b/i

test('no screen says anything in English', { timeout: 240_000 }, async () => {
  const seen: string[] = []
  const look = async (page: Page, screen: string) => {
    const left = (await page.evaluate(saidWords)).filter((text) => ENGLISH.test(text))
    expect(left, screen).toEqual([])
    seen.push(screen)
  }
  const said = { words: german, after: germanAfter, held: germanHeld }
  await walkScreens({ world, ...said, look })
  expect(seen).toContain('status')
})

test('dates and sizes are written as they are there, and the document says its language', async () => {
  const { page } = await world.openPage()
  const row = page.locator('.row').first()
  await row.getByText(/^Heute, \d\d:\d\d$/).waitFor()
  expect(await row.locator('.row-state').textContent()).toMatch(/\d(?:,\d)?[ \u00a0][kM]B/)
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de-DE')
  await page.close()
})

type Localized = { de: string }
type Manifest = {
  description_localized: Localized
  shortcuts: { name_localized: Localized }[]
}

/** In the page: which words came, and whether they were asked for before the page's script was there. */
function loadedWords(): [string | undefined, boolean][] {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
  const script = entries.find(({ name }) => name.includes('/assets/page-'))
  const words = entries.filter(({ name }) => name.includes('/assets/words.'))
  return words.map(({ name, startTime }) => [
    name.split('words.')[1]?.slice(0, 2),
    startTime < (script?.responseEnd ?? 0),
  ])
}

const asked = (page: Page, question: string) =>
  page.getByRole('heading', { name: question }).waitFor()

test('only the words of the language are fetched, and they are on their way before a script asks for them', async () => {
  const { page } = await world.openPrivateWindow()
  await asked(page, german.source.question)
  expect(await page.evaluate(loadedWords)).toEqual([['de', true]])
  await page.context().close()
})

test('nothing moves while the page loads, however long its words are', async () => {
  const { page } = await world.openPage()
  expect(await movedByItself(page)).toEqual([])
  await page.close()
})

test('the page speaks its language from the first moment without a server', async () => {
  const opened = await world.openPage()
  await opened.waitUntilControlled()
  await opened.page.close()
  world.proxy.setLine('cut')
  const { page } = await world.openPage()
  await asked(page, german.source.question)
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de-DE')
  await page.close()
  world.proxy.setLine('open')
})

test('the app that is installed has every name in German too, as the browser reads it', async () => {
  const { page } = await world.openPage()
  const devtools = await page.context().newCDPSession(page)
  const { errors, data = '' } = await devtools.send('Page.getAppManifest')
  // A browser names what it does not understand, or leaves out.
  expect(errors).toEqual([])
  const { shortcuts, ...manifest } = JSON.parse(data) as Manifest
  expect(manifest.description_localized.de).toMatch(/Kamera/)
  expect(shortcuts.map(({ name_localized }) => name_localized.de)).toEqual([
    'Kamera aufnehmen',
    'Bildschirm aufnehmen',
    'Aufnahmen',
  ])
  await page.close()
})

/** In the page: as on a first visit again. */
async function forgetWorker(): Promise<void> {
  for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister()
  for (const key of await caches.keys()) await caches.delete(key)
}

test('the page speaks English, and says so, where the words of the language cannot be had', async () => {
  const { page } = await world.openPrivateWindow()
  await asked(page, german.source.question)
  await page.evaluate(forgetWorker)
  await page.route(/words\.de-/, (route) => route.abort())
  await page.reload()
  await asked(page, english.source.question)
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
  await page.context().close()
})

test('what is chosen counts more than what the browser asks for, also at the next visit', async () => {
  const { page } = await world.openPage()
  await asked(page, german.source.question)
  await page.keyboard.press('?')
  await page.getByRole('button', { name: 'English' }).click()
  await asked(page, english.source.question)
  await page.close()
  const { page: next } = await world.openPage()
  await asked(next, english.source.question)
  await next.keyboard.press('?')
  await next.getByRole('button', { name: 'Deutsch' }).click()
  await asked(next, german.source.question)
  await next.close()
})

test('a language that is chosen while something is recorded waits for the next load', async () => {
  const { page } = await world.openPage()
  await page.locator('.card').first().click()
  await page.getByRole('button', { name: german.record.start, exact: true }).click()
  await page.keyboard.press('?')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByText(german.help.languageLater).waitFor()
  await page.getByRole('button', { name: 'Deutsch' }).click()
  await page.getByText(german.help.languageLater).waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: german.record.stop, exact: true }).click()
  await page.getByRole('heading', { name: german.safety.saved }).waitFor()
  await page.close()
})
