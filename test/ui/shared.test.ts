// What another app or a website hands to the app is held on this device until the person says so: nothing is sent before, no
// reload loses it, and nothing is left of what is discarded.
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packetTimes } from '../support/ffmpeg.ts'
import { makeNoisyMovie } from '../support/noisy-movie.ts'
import { waitFor } from '../support/wait-for.ts'
import { storedKeys } from './stored-keys.ts'
import { untilControlled, useVisit } from './visit.ts'

const visit = useVisit()

let folder: string
let movie: string
let foreign: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-shared-'))
  movie = join(folder, 'movie.mp4')
  await makeNoisyMovie(movie)
  foreign = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(
      `<form method="post" enctype="multipart/form-data" action="${visit.world.proxy.url}/share">
        <input type="file" name="media" id="shared" multiple>
      </form>`,
    )
  })
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => foreign.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

type Given = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }

const named = async (): Promise<Given> => ({
  name: `Movie ${randomUUID()}.mp4`,
  mimeType: 'video/mp4',
  buffer: await readFile(movie),
})

/** Another site, not only another port: a form of it is sent by itself, as whoever opened that page never asked for. */
async function postFromElsewhere(page: Page, files: readonly Given[]): Promise<void> {
  await untilControlled(page)
  await page.goto(`http://localhost:${(foreign.address() as AddressInfo).port}/`)
  await page.setInputFiles('#shared', [...files])
  await page.evaluate(() => document.querySelector('form')?.submit())
  await page.waitForURL(`${visit.world.proxy.url}/**`)
}

const question = (page: Page) => page.getByRole('region', { name: 'Keep the file that was handed' })

const titles = async () => {
  const all = (await visit.world.api.list()) as { title?: string }[]
  return all.map(({ title }) => title)
}

/** What lies in the database of its own. */
function heldCount(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const opening = indexedDB.open('holdfast-held')
    await new Promise((resolve) => opening.addEventListener('success', resolve))
    const count = opening.result.transaction('buffer').objectStore('buffer').count()
    await new Promise((resolve) => count.addEventListener('success', resolve))
    opening.result.close()
    return count.result
  })
}

test('a file that a website posts waits here over reloads, and is sent once it is kept', async () => {
  const { page, world } = visit
  const file = await named()
  const title = file.name.replace('.mp4', '')
  await postFromElsewhere(page, [file])
  await question(page).getByText(file.name, { exact: true }).waitFor()
  await question(page)
    .getByText(/^\d\.\d MB$/)
    .waitFor()
  await page.reload()
  await question(page).getByText(file.name, { exact: true }).waitFor()
  // A second visit looks for what is unsent, and so does the worker when it is told to.
  const { page: other } = await world.openPage()
  await question(other).getByText(file.name, { exact: true }).waitFor()
  await other.evaluate(() =>
    navigator.serviceWorker.controller?.postMessage({ type: 'holdfast:drain-all' }),
  )
  await other.close()
  expect(await storedKeys(page)).toEqual([])
  expect(await titles()).not.toContain(title)

  await question(page)
    .getByRole('button', { name: `Keep and send ${file.name}` })
    .click()
  const row = page.locator('.unsent-row').filter({ hasText: title })
  await row.getByText('all safe on the server').waitFor({ timeout: 30_000 })
  expect(await question(page).count()).toBe(0)
  expect(await heldCount(page)).toBe(0)
  const all = (await world.api.list()) as { id: string; title?: string }[]
  const id = all.find((one) => one.title === title)?.id ?? ''
  await world.api.waitForStatus(id, 'ready')
  const served = join(folder, `served-${id}.mp4`)
  await writeFile(served, await world.api.media(id))
  expect(await packetTimes(served)).toEqual(await packetTimes(movie))
}, 90_000)

test('what is discarded is gone from this device, and was never sent', async () => {
  const { page } = visit
  const file = await named()
  await postFromElsewhere(page, [file])
  await question(page)
    .getByRole('button', { name: `Discard ${file.name}` })
    .click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  expect(await heldCount(page)).toBe(1)
  await question(page)
    .getByRole('button', { name: `Discard ${file.name}` })
    .click()
  await page.getByRole('button', { name: 'Discard for good' }).click()
  await page.getByText('Discarded. Nothing of it was sent.').waitFor()
  expect(await heldCount(page)).toBe(0)
  await page.reload()
  await page.getByRole('heading', { level: 1 }).waitFor()
  expect(await question(page).count()).toBe(0)
  expect(await storedKeys(page)).toEqual([])
  expect(await titles()).not.toContain(file.name.replace('.mp4', ''))
}, 60_000)

test('of several, what is no media is refused with its reason, and the rest is asked about', async () => {
  const { page } = visit
  const files = [await named(), await named()]
  const text = { name: 'a note.mp4', mimeType: 'video/mp4', buffer: Buffer.from('no media') }
  await postFromElsewhere(page, [...files, text])
  const both = page.getByRole('region', { name: 'Keep the 2 files that were handed over?' })
  for (const { name } of files) await both.getByText(name, { exact: true }).waitFor()
  const refused = page.locator('.unsent-row').filter({ hasText: 'a note.mp4' })
  await refused.getByText('This is not a WebM, Matroska or MP4 file.').waitFor()
  expect(new URL(page.url()).search).toBe('')
  for (const { name } of files) {
    await page.getByRole('button', { name: `Discard ${name}` }).click()
    await page.getByRole('button', { name: 'Discard for good' }).click()
  }
  await waitFor('nothing held', async () => (await heldCount(page)) === 0)
}, 60_000)

test('a form without a file says that there was none', async () => {
  const { page } = visit
  await postFromElsewhere(page, [])
  await page.getByText('Nothing was shared that can be added.').waitFor()
  expect(new URL(page.url()).search).toBe('')
}, 60_000)
