// The page of a recording: its address, what it says, and that nothing else is disturbed by it.
import { expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg } from '../support/ffmpeg.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireHttp } from '../support/wire-client.ts'
import { backToList, recordingPage, useVisit } from './visit.ts'

const visit = useVisit()
const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
const http = () => new WireHttp(visit.world.server.url)
const row = (title: string) => visit.page.getByRole('listitem').filter({ hasText: title })
const opened = () => recordingPage(visit.page)
const address = (id: string, rest = '') =>
  new URL(`/recordings/${id}${rest}`, visit.page.url()).href

/** Thirty chunks, without those that are `lost`. */
async function make(title: string, lost: readonly number[] = []) {
  const made = await http().create({ title })
  for (const [seq, slice] of slices.entries()) {
    if (!lost.includes(seq)) {
      await http().put(made, { take: 0, seq }, slice, { 'Content-Type': mimeType })
    }
  }
  const takes = [{ take: 0, chunks: slices.length }]
  const body = JSON.stringify({ token: made.token, takes, reason: 'user' })
  await http().call('POST', `/api/recordings/${made.id}/stop`, body)
  await http().untilStatus(made, lost.length > 0 ? 'incomplete' : 'ready', 1)
  return made
}

test('a recording has an address, Back leads to the list where it was, and a reload stays', async () => {
  const { page } = visit
  const ids: string[] = []
  for (let at = 0; at < 8; at += 1) ids.push((await make(`Listed ${at}`)).id)
  const [id = ''] = ids
  await row('Listed 0').scrollIntoViewIfNeeded()
  const before = await page.evaluate(() => scrollY)
  expect(before).toBeGreaterThan(0)
  const button = row('Listed 0').locator('.row-open')
  await button.click()
  await opened().getByRole('heading', { level: 1, name: 'Listed 0' }).waitFor()
  expect(new URL(page.url()).pathname).toBe(`/recordings/${id}`)
  await waitFor('the title', async () => (await page.title()) === 'Listed 0 · Holdfast')
  expect(await page.evaluate(() => scrollY)).toBe(0)

  await page.goBack()
  await row('Listed 0').waitFor()
  expect(await page.evaluate(() => scrollY)).toBe(before)
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await page.title()).toBe('Holdfast')

  await page.goForward()
  await opened().getByRole('heading', { level: 1, name: 'Listed 0' }).waitFor()
  await page.reload()
  await opened().getByRole('heading', { level: 1, name: 'Listed 0' }).waitFor()
  await backToList(page)
  await row('Listed 1').waitFor()
  expect(new URL(page.url()).pathname).toBe('/')
  expect(visit.errors).toEqual([])
}, 90_000)

test('it says what is missing, where, and what came late', async () => {
  const { page } = visit
  const made = await make('With holes', [7, 8, 9, 17])
  await page.goto(address(made.id))
  await opened()
    .getByText(/^Not complete: 4(\.\d)?\ss missing$/)
    .waitFor()
  await opened()
    .getByText(/Gaps at 0:07 and 0:17\./)
    .waitFor()
  const map = opened().getByRole('img', { name: /^26 safe on the server, 4 missing\./ })
  expect(await map.getAttribute('aria-label')).toContain('Missing: 8–10, 18.')
  const story = opened().getByRole('region', { name: 'What happened' })
  await story.getByText('Playable, with 2 gaps').waitFor()

  for (const seq of [7, 8, 9, 17]) {
    await http().put(made, { take: 0, seq }, slices[seq] ?? new Uint8Array(), {
      'Content-Type': mimeType,
    })
  }
  await opened().getByText('All of it is safe on the server').waitFor({ timeout: 30_000 })
  await story.getByText('4 chunks came late').waitFor()
  await story.getByText('Version 2: complete').waitFor()
  await opened().getByRole('img', { name: '30 safe on the server.' }).waitFor()
  expect(visit.errors).toEqual([])
}, 60_000)

test('marks are chapters that a click goes to', async () => {
  const { page } = visit
  const made = await make('Marked')
  const marks = [{ atMs: 12_000, label: 'Second question' }, { atMs: 20_000 }]
  const headers = { Authorization: `Bearer ${made.token}`, 'Content-Type': 'application/json' }
  await http().call('PATCH', `/api/recordings/${made.id}`, JSON.stringify({ marks }), headers)
  await page.goto(address(made.id))
  const video = opened().locator('video')
  const cues = () =>
    video.evaluate((element) => {
      const [track] = (element as HTMLVideoElement).textTracks
      return [...(track?.cues ?? [])].map((cue) => [cue.startTime, (cue as VTTCue).text])
    })
  await waitFor('the chapters', async () => (await cues()).length === 3)
  expect(await cues()).toEqual([
    [0, 'Beginning'],
    [12, 'Second question'],
    [20, 'Mark 2'],
  ])
  await opened()
    .getByRole('button', { name: /^0:12\s*Second question$/ })
    .click()
  const at = () => video.evaluate((element) => (element as HTMLVideoElement).currentTime)
  await waitFor('the player to be there', async () => (await at()) === 12)
  expect(visit.errors).toEqual([])
})

test.skipIf(!hasFfmpeg)(
  'the sound is drawn, said in words, and a click in it seeks',
  async () => {
    const { page } = visit
    const made = await make('Heard')
    await page.goto(address(made.id))
    const wave = opened().locator('.wave')
    await wave.waitFor({ timeout: 30_000 })
    await opened()
      .getByText(/^Sound, 0:\d\d long/)
      .waitFor({ state: 'attached' })
    const isDrawn = await wave.locator('canvas').evaluate((element) => {
      const canvas = element as HTMLCanvasElement
      const { data } =
        canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {}
      return data?.some((byte) => byte > 0) ?? false
    })
    expect(isDrawn).toBe(true)
    const box = await wave.boundingBox()
    if (!box) throw new Error('the sound has no place')
    await wave.click({ position: { x: box.width / 2, y: box.height / 2 } })
    const at = () =>
      opened()
        .locator('video')
        .evaluate((element) => (element as HTMLVideoElement).currentTime)
    await waitFor('the middle', async () => Math.abs((await at()) - 15) < 0.5)
    expect(visit.errors).toEqual([])
  },
  60_000,
)

test('the controls are styled under the content policy, and their slider moves', async () => {
  const { page } = visit
  const made = await make('Styled')
  await page.goto(address(made.id))
  const bar = opened().locator('media-control-bar')
  await bar.waitFor()
  expect(await bar.evaluate((element) => getComputedStyle(element).display)).toMatch(/flex$/)
  const video = opened().locator('video')
  await video.evaluate((element) => {
    ;(element as HTMLVideoElement).currentTime = 15
  })
  const thumbAt = () =>
    opened()
      .locator('media-time-range')
      .evaluate((element) => {
        const thumb = element.shadowRoot?.querySelector('#thumb')
        const [own, all] = [thumb?.getBoundingClientRect(), element.getBoundingClientRect()]
        return own ? (own.x + own.width / 2 - all.x) / all.width : 0
      })
  await waitFor(
    'the thumb to be in the middle',
    async () => Math.abs((await thumbAt()) - 0.5) < 0.05,
  )
  expect(visit.errors).toEqual([])
})

test('a recording that is being made goes on while another is looked at', async () => {
  const { page } = visit
  await make('Looked at')
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByLabel('Title', { exact: true }).fill('Being made')
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  await row('Looked at').locator('.row-open').click()
  await opened().getByRole('heading', { name: 'Looked at' }).waitFor()
  const bar = page.getByRole('region', { name: 'The recording that is being made' })
  await bar.getByText('Recording “Being made”').waitFor()
  await bar.getByText(/^\d+:(0[4-9]|[1-5]\d) safe on the server$/).waitFor()
  await waitFor('the title', async () => /^● 0:\d\d · Looked at/.test(await page.title()))
  // The recorder's keys do nothing behind another page.
  await page.keyboard.press('r')
  await bar.getByRole('button', { name: 'Go to it' }).click()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
  const made = (await visit.world.api.list()).find(({ bytes }) => bytes > 0)
  const { gaps, takes } = await visit.world.api.waitForStatus(made?.id ?? '', 'ready')
  expect([gaps, takes.length]).toEqual([[], 1])
  expect(visit.errors).toEqual([])
}, 60_000)

test('its own chunks are shown where they are while it is made', async () => {
  const { page, world } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByLabel('Title', { exact: true }).fill('Mapped')
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  await row('Mapped').locator('.row-open').click()
  await opened()
    .getByText(/^Being recorded/)
    .waitFor()
  try {
    world.proxy.setLine('cut')
    await opened()
      .getByRole('img', { name: /[2-9] (on this device|being sent)/ })
      .waitFor({ timeout: 30_000 })
    await opened().getByText('The server does not answer. What is shown is from before.').waitFor()
  } finally {
    world.proxy.setLine('open')
  }
  await opened()
    .getByRole('img', { name: /^\d+ safe on the server(, 1 [a-z ]+)?\.$/ })
    .waitFor({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Go to it' }).click()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server' }).waitFor()
}, 90_000)

test('a recording can be put together again, and says that it was', async () => {
  const { page } = visit
  const made = await make('Once more')
  await page.goto(address(made.id))
  await opened().getByRole('button', { name: 'Finish again' }).click()
  await page.getByText('Put together again').waitFor()
  await opened().getByText('All of it is safe on the server').waitFor()
  expect(visit.errors).toEqual([])
})

test.each([320, 390, 1280])('nothing of the page is cut off at %d px', async (width) => {
  const { page } = visit
  const made = await make('A title that is much longer than a narrow window is wide', [7])
  await page.setViewportSize({ width, height: 800 })
  await page.goto(address(made.id))
  await opened()
    .getByRole('img', { name: /^29 safe/ })
    .waitFor()
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBeLessThanOrEqual(0)
})
