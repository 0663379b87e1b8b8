// A file that is chosen, dropped or pasted goes the way of a recording: onto this device, then to the
// server, over reloads, and its row says how far it is. What is not taken is said with its reason.
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packetTimes } from '../support/ffmpeg.ts'
import { makeNoisyMovie } from '../support/noisy-movie.ts'
import { waitFor } from '../support/wait-for.ts'
import { storedKeys } from './stored-keys.ts'
import { useVisit } from './visit.ts'

const visit = useVisit()

let folder: string
let movie: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-added-'))
  movie = join(folder, 'movie.mp4')
  await makeNoisyMovie(movie)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const named = async () => ({
  name: `Movie ${randomUUID()}.mp4`,
  mimeType: 'video/mp4',
  buffer: await readFile(movie),
})
const titleOf = ({ name }: { name: string }) => name.replace('.mp4', '')
const rowOf = (page: Page, title: string): Locator =>
  page.locator('.unsent-row').filter({ hasText: title })

const idOf = (title: string): Promise<string> =>
  waitFor(`the recording ${title}`, async () => {
    const all = (await visit.world.api.list()) as { id: string; title?: string }[]
    return all.find((one) => one.title === title)?.id
  })

async function expectWhole(title: string): Promise<void> {
  const { api } = visit.world
  const id = await idOf(title)
  expect((await api.waitForStatus(id, 'ready')).gaps).toEqual([])
  const path = join(folder, `served-${id}.mp4`)
  await writeFile(path, await api.media(id))
  expect(await packetTimes(path)).toEqual(await packetTimes(movie))
}

test('a chosen file is sent, over a reload in the middle, and plays', async () => {
  const { page, world } = visit
  const file = await named()
  const title = titleOf(file)
  world.proxy.setShape({ bytesPerSecond: 300_000 })
  world.proxy.setLine('cut')
  world.proxy.setLine('open')
  await page.getByLabel('Add a video or audio file').last().setInputFiles(file)
  const row = rowOf(page, title)
  await row.getByText('0:12 long').waitFor()
  await page.getByRole('region', { name: 'Sending a file' }).waitFor()
  await row.getByText(/^0:(0[1-9]|1[01]) safe on the server$/).waitFor({ timeout: 30_000 })
  await page.reload()
  await row.getByText(/^0:(0[1-9]|1[01]) safe on the server$/).waitFor({ timeout: 30_000 })
  world.proxy.setShape({})
  world.proxy.setLine('cut')
  world.proxy.setLine('open')
  await row.getByText('all safe on the server').waitFor({ timeout: 60_000 })
  await expectWhole(title)
  await waitFor('an empty buffer', async () => (await storedKeys(page)).length === 0)
}, 120_000)

/** As the browser tells of a drop or of a paste. */
async function give(page: Page, type: 'drop' | 'paste', file: { name: string; buffer: Buffer }) {
  await page.evaluate(
    ([kind, name, text]) => {
      const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0))
      const data = new DataTransfer()
      data.items.add(new File([bytes], name, { type: 'video/mp4' }))
      const about = { bubbles: true, cancelable: true }
      const event =
        kind === 'drop'
          ? new DragEvent('drop', { ...about, dataTransfer: data })
          : new ClipboardEvent('paste', { ...about, clipboardData: data })
      document.body.dispatchEvent(event)
    },
    [type, file.name, file.buffer.toString('base64')] as const,
  )
}

test('a file that is dropped or pasted goes the same way', async () => {
  const { page } = visit
  for (const type of ['drop', 'paste'] as const) {
    const file = await named()
    await give(page, type, file)
    await rowOf(page, titleOf(file)).getByText('all safe on the server').waitFor()
    await expectWhole(titleOf(file))
  }
}, 90_000)

test('what is no media, or cut off, is refused with its reason and can be dismissed', async () => {
  const { page } = visit
  const { buffer } = await named()
  await page
    .getByLabel('Add a video or audio file')
    .last()
    .setInputFiles([
      { name: 'notes.mp4', mimeType: 'video/mp4', buffer: Buffer.from('no media at all') },
      { name: 'half.mp4', mimeType: 'video/mp4', buffer: buffer.subarray(0, buffer.length / 2) },
    ])
  await page.getByRole('heading', { name: '2 files were not added' }).waitFor()
  const banner = page.locator('.banner')
  await banner.getByText('This is not a WebM, Matroska or MP4 file.').waitFor()
  await banner.getByText(/^This MP4 is cut off/).waitFor()
  expect(await storedKeys(page)).toEqual([])
  for (const name of ['notes.mp4', 'half.mp4']) {
    await rowOf(page, name).getByRole('button', { name: 'Dismiss' }).click()
  }
  expect(await banner.count()).toBe(0)
}, 60_000)

test('the shortcuts of the icon lead to the camera, to the choice of a screen, and to the list', async () => {
  const { page, world } = visit
  await page.goto(`${world.proxy.url}/?record=camera`)
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor()
  await page.goto(`${world.proxy.url}/?record=screen`)
  const card = page.getByRole('button', { name: /^Screen\b(?! and)/ })
  await waitFor('the focus', () => card.evaluate((it) => it === document.activeElement))
  expect(page.url()).toBe(`${world.proxy.url}/`)
}, 60_000)
