// What can be done with a recording once it is saved, from its player: kept, shared, trimmed, renamed.
import { expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireHttp } from '../support/wire-client.ts'
import { backToList, recordingPage, useVisit } from './visit.ts'

const visit = useVisit()

const row = (title: string) => visit.page.getByRole('listitem').filter({ hasText: title })
const opened = () => recordingPage(visit.page)
const button = (name: string) => opened().getByRole('button', { name, exact: true })
const slider = (name: string) => opened().getByRole('slider', { name })
const http = () => new WireHttp(visit.world.server.url)

/** Twenty seconds of VP9, which has a place in an MP4, opened in the player. */
async function openRecording(title: string): Promise<string> {
  const { slices, mimeType } = loadTake('webm-vp9-opus-kf2000-ts1000-20s')
  const made = await http().create({ title })
  for (const [seq, slice] of slices.entries()) {
    await http().put(made, { take: 0, seq }, slice, { 'Content-Type': mimeType })
  }
  const body = JSON.stringify({ token: made.token, takes: [{ take: 0, chunks: slices.length }] })
  await http().call('POST', `/api/recordings/${made.id}/stop`, body)
  await http().untilStatus(made, 'ready', 1)
  await row(title).locator('.row-open').click()
  await opened().locator('video').waitFor()
  return made.id
}

type Edited = { title: string | null; trim: { startMs: number; endMs: number } | null }
const stored = async (id: string) => (await visit.world.api.read(id)) as unknown as Edited

/** In the page. */
const video = {
  state: () =>
    opened()
      .locator('video')
      .evaluate((element) => {
        const { paused, currentTime } = element as HTMLVideoElement
        return { paused, at: currentTime }
      }),
  goTo: (seconds: number) =>
    opened()
      .locator('video')
      .evaluate(async (element, to) => {
        const one = element as HTMLVideoElement
        const done = new Promise((resolve) => {
          one.addEventListener('seeked', resolve, { once: true })
        })
        one.currentTime = to
        await done
      }, seconds),
  play: () =>
    opened()
      .locator('video')
      .evaluate((element) => (element as HTMLVideoElement).play()),
}

test('each file says its size before it is fetched, and is of that size', async () => {
  const { page } = visit
  await openRecording('To be kept')
  await button('Download').click()
  for (const [kind, name] of [
    ['WebM', 'To be kept.webm'],
    ['MP4', 'To be kept.mp4'],
  ] as const) {
    const link = opened().getByRole('link', { name: new RegExp(`^${kind}, \\d+ kB$`) })
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toBe(name)
    const address = (await link.getAttribute('href')) ?? ''
    const bytes = (await (await fetch(new URL(address, page.url()))).arrayBuffer()).byteLength
    expect(await link.textContent()).toContain(`${Math.round(bytes / 1000)} kB`)
    await download.cancel()
  }
  expect(visit.errors).toEqual([])
})

test('a link is copied, says until when it works, and opens this recording', async () => {
  const { page } = visit
  const id = await openRecording('To be shown')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await button('Link').click()
  await opened().getByRole('radio', { name: '1 hour' }).check()
  await button('Copy link').click()
  // In the last hour of a day it ends on the next.
  await opened()
    .getByText(/^Copied\. It works until (today|tomorrow), .+\.$/)
    .waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  const field = opened().getByRole('textbox', { name: 'Link' })
  expect(await field.inputValue()).toBe(copied)
  const { pathname, searchParams, origin } = new URL(copied)
  expect(origin).toBe(new URL(page.url()).origin)
  expect(pathname).toBe(`/recordings/${id}`)
  const access = searchParams.get('access')
  const seen = await http().call('GET', `/api/recordings/${id}?access=${access}`)
  expect(seen.body).toMatchObject({ title: 'To be shown' })
  const endsInMs = Date.parse(String(seen.body.linkExpiresAt)) - Date.now()
  expect(Math.abs(endsInMs - 3_600_000)).toBeLessThan(60_000)
  // Another length is another link, which is not made before it is asked for.
  await opened().getByRole('radio', { name: '7 days' }).check()
  expect(await field.count()).toBe(0)
  expect(visit.errors).toEqual([])
})

test('where the clipboard is refused the link can be copied by hand', async () => {
  const { page } = visit
  await openRecording('Without a clipboard')
  await page.evaluate(() => {
    const refuse = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
    Object.assign(navigator.clipboard, { write: refuse, writeText: refuse })
  })
  await button('Link').click()
  await button('Copy link').click()
  await opened().getByText('Copy it from the field').waitFor()
  const field = opened().getByRole('textbox', { name: 'Link' })
  await field.focus()
  expect(await page.evaluate(() => String(getSelection()))).toBe(await field.inputValue())
})

/** A system that shares, which this browser has none of: before anything of the page runs. @param refusal how its sheet ends */
async function withShareSheet(refusal: string | null): Promise<void> {
  const { page } = visit
  await page.addInitScript((name) => {
    const share = async (what: ShareData) => {
      Object.assign(globalThis, { shared: what })
      if (name !== null) throw new DOMException('not shared', name)
    }
    Object.defineProperty(Navigator.prototype, 'share', { value: share })
  }, refusal)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.reload()
  await page.evaluate(() => navigator.clipboard.writeText('from before'))
}

const onClipboard = () => visit.page.evaluate(() => navigator.clipboard.readText())

async function share(title: string): Promise<string> {
  const id = await openRecording(title)
  await button('Link').click()
  await button('Share').click()
  await opened().locator('.link-made').waitFor()
  const shared = () =>
    visit.page.evaluate(() => (globalThis as unknown as { shared?: ShareData }).shared)
  const { title: told, url } = await waitFor('something to be shared', shared)
  expect(told).toBe(title)
  expect(url).toContain(`/recordings/${id}?access=`)
  return url ?? ''
}

test.each([
  ['takes it', null],
  ['is closed', 'AbortError'],
])('where a sheet is handed the link and %s nothing more is done', async (end, refusal) => {
  await withShareSheet(refusal)
  const url = await share(`A sheet that ${end}`)
  await opened()
    .getByText(/^The link works until/)
    .waitFor()
  expect(await opened().getByRole('textbox', { name: 'Link' }).inputValue()).toBe(url)
  expect(await onClipboard()).toBe('from before')
  expect(visit.errors).toEqual([])
})

test('where the device refuses to share the link is copied instead, and that is said', async () => {
  await withShareSheet('NotAllowedError')
  const url = await share('Not to be shared')
  await opened()
    .getByText(/^This device did not share it: the link was copied instead\. It works until/)
    .waitFor()
  expect(await onClipboard()).toBe(url)
  expect(visit.errors).toEqual([])
})

test('a device that cannot share offers no button for it', async () => {
  await openRecording('To be copied')
  await button('Link').click()
  await button('Copy link').waitFor()
  expect(await button('Share').count()).toBe(0)
})

test('trim is set by keys and from the playhead, kept, and played', async () => {
  const { page } = visit
  const id = await openRecording('Too long')
  await button('Trim').click()
  await opened().getByText('All of it is played.').waitFor()
  await slider('Begins at').focus()
  for (let presses = 0; presses < 15; presses++) await page.keyboard.press('ArrowRight')
  await waitFor('the beginning', async () => (await stored(id)).trim?.startMs === 1500)
  expect(await slider('Begins at').getAttribute('aria-valuetext')).toBe('0:01.5')
  await video.goTo(3)
  await button('End here').click()
  await waitFor('the end', async () => (await stored(id)).trim?.endMs === 3000)
  await opened().getByText('Plays 0:01.5 to 0:03.0, 0:01.5 long.').waitFor()

  await page.reload()
  await opened().locator('video').waitFor()
  await waitFor('the beginning to be shown', async () => (await video.state()).at === 1.5)
  await video.play()
  await waitFor('the end of what is kept', async () => (await video.state()).paused)
  expect((await video.state()).at).toBeGreaterThanOrEqual(3)
  expect((await video.state()).at).toBeLessThan(3.6)

  await button('Trim').click()
  await button('Play all of it').click()
  await waitFor('all of it', async () => (await stored(id)).trim === null)
  expect(visit.errors).toEqual([])
})

test('the handles do not pass each other, and the first and last moment can be reached', async () => {
  const { page } = visit
  const id = await openRecording('By hand')
  await button('Trim').click()
  await slider('Begins at').focus()
  await page.keyboard.press('End')
  const { durationMs } = await visit.world.api.read(id)
  const total = durationMs ?? 0
  await waitFor(
    'the latest beginning',
    async () => (await stored(id)).trim?.startMs === total - 500,
  )
  await page.keyboard.press('Home')
  await waitFor('all of it again', async () => (await stored(id)).trim === null)
  await slider('Ends at').focus()
  await page.keyboard.press('Home')
  await waitFor('the earliest end', async () => (await stored(id)).trim?.endMs === 500)
  await page.keyboard.press('End')
  await waitFor('all of it', async () => (await stored(id)).trim === null)
})

test('a title is changed where it stands; Esc takes back what was typed and closes nothing', async () => {
  const { page } = visit
  const id = await openRecording('Untold')
  await button('Rename').click()
  const field = opened().getByLabel('Title')
  const selected = () => page.evaluate(() => String(getSelection()))
  await waitFor('the title to be selected', async () => (await selected()) === 'Untold')
  await field.fill('Typed by mistake')
  await page.keyboard.press('Escape')
  expect(await field.inputValue()).toBe('Untold')
  await field.fill('Told')
  await page.keyboard.press('Enter')
  await opened().getByText('Title saved').waitFor()
  expect((await stored(id)).title).toBe('Told')
  await opened().getByRole('heading', { name: 'Told' }).waitFor()
  await backToList(page)
  await row('Told').waitFor()
  expect(visit.errors).toEqual([])
})

test('what cannot be saved says so and stays as it was typed', async () => {
  const { page, world } = visit
  await openRecording('Server away')
  await button('Rename').click()
  const field = opened().getByLabel('Title')
  world.proxy.setLine('cut')
  try {
    await field.fill('Not yet')
    await page.keyboard.press('Enter')
    await opened()
      .getByRole('alert')
      .getByText(/^The title was not saved/)
      .waitFor()
    expect(await field.inputValue()).toBe('Not yet')
  } finally {
    world.proxy.setLine('open')
  }
})
