// What a still sees, shown on the real page: a change that a person would see, and not how letters are smoothed.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChromiumProcess } from '../support/chromium.ts'
import { type Picture, readPng } from '../support/picture.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { compareStills } from './compare-stills.ts'
import { holdStill, STILL_BROWSER } from './still.ts'

const SIZE = { width: 1280, height: 800 }

/** A fontconfig file, as another machine may have one. */
const fontsWith = (settings: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">${settings}</match>
</fontconfig>`
const edit = (name: string, value: string) => `<edit name="${name}" mode="assign">${value}</edit>`
/** Letters moved to whole pixels, also across. */
const HINTED = edit('hinting', '<bool>true</bool>') + edit('hintstyle', '<const>hintfull</const>')
type Drawing = { flags: readonly string[]; env: Record<string, string> }

let folder: string
let server: ServerProcess
/** The first screen in a browser as the stills have it, and how it looks. */
let own: Page
let before: Picture
const browsers: ChromiumProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-compare-'))
  server = await startServer()
  own = await open('own', STILL_BROWSER)
  before = await take(own)
})
afterAll(async () => {
  for (const browser of browsers) await browser.kill()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

async function open(name: string, drawing: Drawing): Promise<Page> {
  const browser = await ChromiumProcess.launch({ profileDir: join(folder, name), ...drawing })
  browsers.push(browser)
  const page = await browser.newPage()
  await page.setViewportSize(SIZE)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.goto(server.url)
  await page.getByText('Nothing recorded yet').waitFor()
  await page.getByText('Connected', { exact: true }).waitFor()
  return page
}

/** @param rules of a sheet beside those of the page */
async function take(page: Page, rules = ''): Promise<Picture> {
  const goOn = await holdStill(page)
  await page.evaluate((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    document.adoptedStyleSheets.push(sheet)
  }, rules)
  const png = await page.screenshot({ fullPage: true })
  await page.evaluate(() => document.adoptedStyleSheets.pop())
  await goOn()
  return await readPng(png)
}

test.each([
  ['another accent', ':root { --accent: #1f5fa8 !important }'],
  ['another shade of a surface', ':root { --surface: #fbfaf6 !important }'],
  ['another shade of a hairline', '.card { border-color: #c9c4b8 !important }'],
  ['8 px more padding in one card', '.card { padding-inline-start: 24px !important }'],
  [
    '8 px more between two things',
    '.promise { margin-block-start: calc(8px + 1.5rem) !important }',
  ],
  ['a missing button', 'a.button, .topbar button { visibility: hidden !important }'],
  ['a missing sign in a button', '.card:first-child svg { visibility: hidden !important }'],
  ['letters of another colour', '.promise .soft { color: #7d8481 !important }'],
  ['letters of another weight', '.promise { font-weight: 700 !important }'],
])('%s is seen', async (_, rules) => {
  const difference = compareStills(before, await take(own, rules))
  expect(difference).not.toBeNull()
})

async function fontsFile(name: string, settings: string): Promise<string> {
  const path = join(folder, name, 'fontconfig', 'fonts.conf')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, fontsWith(settings))
  return path
}

test('how a machine hints its fonts changes nothing', async () => {
  expect(compareStills(before, await take(own))).toBeNull()
  const path = await fontsFile('hinted', HINTED)
  const hinted = { ...STILL_BROWSER, env: { FONTCONFIG_FILE: path } }
  const asItsPersonWants = { XDG_CONFIG_HOME: dirname(dirname(path)) }
  const pinned = { ...STILL_BROWSER, env: { ...STILL_BROWSER.env, ...asItsPersonWants } }
  expect(compareStills(before, await take(await open('hinted-browser', hinted)))).not.toBeNull()
  expect(
    compareStills(before, await take(await open('pinned-browser', pinned)))?.says,
  ).toBeUndefined()
})

test('letters that are a shade heavier, or a part of a pixel aside, are no change', async () => {
  const aside = 'p, h1, h2, span { transform: translate(0.25px, 0) !important }'
  for (const rules of ['* { -webkit-text-stroke: 0.05px }', aside]) {
    const now = await take(own, rules)
    expect(Buffer.compare(before.rgb, now.rgb)).not.toBe(0)
    expect(compareStills(before, now)?.says).toBeUndefined()
  }
})
