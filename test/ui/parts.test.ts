// A recording of several parts: the first one is never shown as the whole, and all of them play.
import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg } from '../support/ffmpeg.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireHttp } from '../support/wire-client.ts'
import { recordingPage, useVisit } from './visit.ts'

const visit = useVisit()

/** What two recorders wrote, in containers that do not go together, as the takes of one recording. */
const SETS = ['webm-vp8-opus-requestdata-6s', 'audio-mp4-opus-ts1000-12s']
/** These do, although one has sound only. */
const TOGETHER = ['webm-vp8-opus-requestdata-6s', 'audio-webm-opus-ts1000-20s']

async function makeTwoParts(title: string, sets = SETS): Promise<void> {
  const http = new WireHttp(visit.world.server.url)
  const made = await http.create({ title })
  const takes: { take: number; chunks: number }[] = []
  for (const [take, name] of sets.entries()) {
    const { slices, mimeType } = loadTake(name)
    for (const [seq, slice] of slices.entries()) {
      await http.put(made, { take, seq }, slice, { 'Content-Type': mimeType })
    }
    takes.push({ take, chunks: slices.length })
  }
  const body = JSON.stringify({ takes, reason: 'user', token: made.token })
  await http.call('POST', `/api/recordings/${made.id}/stop`, body)
  await http.untilStatus(made, 'ready')
}

const row = (title: string) => visit.page.getByRole('listitem').filter({ hasText: title })
const opened = () => recordingPage(visit.page)
const part = (number: number) => opened().getByRole('button', { name: `Part ${number}` })
const isCurrent = async (one: Locator) => (await one.getAttribute('aria-current')) === 'true'

/** The take that plays now, once it moves. */
const playing = () =>
  opened()
    .locator('video')
    .evaluate((element) => {
      const { paused, currentTime, currentSrc } = element as HTMLVideoElement
      return paused || currentTime === 0 ? null : new URL(currentSrc).searchParams.get('take')
    })

const untilPlaying = (take: string) =>
  waitFor(`take ${take} to play`, async () => (await playing()) === take)

/** As a person does who drags to the last moment. */
const skipToEnd = () =>
  opened()
    .locator('video')
    .evaluate((element) => {
      const video = element as HTMLVideoElement
      video.currentTime = video.duration - 0.2
    })

async function open(title: string): Promise<void> {
  await row(title).locator('.row-open').click()
  await opened().getByRole('heading', { name: 'Recorded in 2 parts' }).waitFor()
}

test('the list says how many parts there are, and no length that is only of the first', async () => {
  await makeTwoParts('Reloaded halfway')
  const there = row('Reloaded halfway')
  await there.getByText('2 parts').waitFor()
  await visit.page.reload()
  await there.getByText('2 parts').waitFor()
  expect(await there.locator('time').count()).toBe(1)
  expect(await there.getByRole('link').count()).toBe(0)
  await there.getByRole('button', { name: 'Download the parts of Reloaded halfway' }).click()
  await opened().getByRole('heading', { name: 'Recorded in 2 parts' }).waitFor()
  expect(visit.errors).toEqual([])
})

test('the next part begins when one ends', async () => {
  await makeTwoParts('Played through')
  await open('Played through')
  expect(await isCurrent(part(1))).toBe(true)
  await opened()
    .locator('video')
    .evaluate((element) => (element as HTMLVideoElement).play())
  await untilPlaying('0')
  await skipToEnd()
  await untilPlaying('1')
  expect(await isCurrent(part(2))).toBe(true)
  expect(await isCurrent(part(1))).toBe(false)
  await opened().getByRole('status').getByText('Part 2 of 2').waitFor()
  expect(visit.errors).toEqual([])
})

test('parts are chosen by mouse and by keyboard', async () => {
  await makeTwoParts('Chosen from')
  await open('Chosen from')
  await part(2).click()
  await untilPlaying('1')
  // Back over the first part's download to the first part.
  await visit.page.keyboard.press('Shift+Tab')
  await visit.page.keyboard.press('Shift+Tab')
  await visit.page.keyboard.press('Enter')
  await untilPlaying('0')
  expect(await isCurrent(part(1))).toBe(true)
  expect(visit.errors).toEqual([])
})

test('the part that is shown already plays when it is chosen', async () => {
  await makeTwoParts('Chosen at once')
  await open('Chosen at once')
  await visit.page.waitForFunction(() => {
    const video = document.querySelector<HTMLVideoElement>('main.recording-page video')
    return video !== null && video.readyState >= HTMLMediaElement.HAVE_METADATA
  })
  await part(1).click()
  await untilPlaying('0')
})

test('each part is downloaded under a name that tells which it is', async () => {
  await makeTwoParts('Kept')
  await open('Kept')
  const links = opened().getByRole('link', { name: /^Download Kept/ })
  expect(await links.count()).toBe(SETS.length)
  const download = visit.page.waitForEvent('download')
  await opened().getByRole('link', { name: 'Download Kept, part 2' }).click()
  expect((await download).suggestedFilename()).toBe('Kept, part 2.m4a')
})

test('takes that go together are one file with one length', async () => {
  await makeTwoParts('Reloaded and whole', TOGETHER)
  const there = row('Reloaded and whole')
  await there.getByText('0:26', { exact: true }).waitFor()
  await there.getByRole('link', { name: 'Download Reloaded and whole' }).waitFor()
  await there.locator('.row-open').click()
  await opened().getByRole('button', { name: 'Download', exact: true }).waitFor()
  const lasts = () =>
    opened()
      .locator('video')
      .evaluate((element) => Math.round((element as HTMLVideoElement).duration))
  await waitFor('the length of both', async () => (await lasts()) === 26)
  expect(
    await opened()
      .getByText(/\bparts?\b/i)
      .count(),
  ).toBe(0)
  expect(visit.errors).toEqual([])
})

test('a recording of one part is one file with one length', async () => {
  const id = await visit.recordFor(2_000, 'In one go')
  const there = row('In one go')
  await there.getByText('Ready').waitFor()
  await there.getByText(/^0:0[1-9]$/).waitFor()
  await there.getByRole('link', { name: 'Download In one go' }).waitFor()
  await there.locator('.row-open').click()
  await opened().getByRole('button', { name: 'Download', exact: true }).waitFor()
  expect(
    await opened()
      .getByText(/\bparts?\b/i)
      .count(),
  ).toBe(0)

  // News of its picture would be a reason to look again.
  if (hasFfmpeg) {
    await waitFor('its picture', async () => {
      const { jobs } = (await visit.world.api.read(id)) as unknown as { jobs: { status: string }[] }
      return jobs.length > 0 && jobs.every(({ status }) => status === 'done')
    })
  }
  // The list alone tells all that its row shows: no call for each of its rows.
  const calls: string[] = []
  visit.page.on('request', (request) => calls.push(new URL(request.url()).pathname))
  await visit.page.goto(new URL('/', visit.page.url()).href)
  await there.getByText(/^0:0[1-9]$/).waitFor()
  await there.getByRole('link', { name: 'Download In one go' }).waitFor()
  expect(calls).toContain('/api/recordings')
  expect(calls).not.toContain(`/api/recordings/${id}`)
})
