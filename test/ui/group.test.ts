// Camera and screen recorded together: two recordings that play as one.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { groupWords as german } from '../../web/ui/strings/de-group.ts'
import { groupWords as english } from '../../web/ui/strings/en-group.ts'
import type { Words } from '../../web/ui/strings/words.ts'
import { loadTake } from '../support/corpus.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireHttp } from '../support/wire-client.ts'
import { chunk, finishBody, streamed, take } from '../support/wire-frames.ts'
import { createWorld } from '../support/world.ts'
import { problems } from './problems.ts'
import { recordingPage, useVisit } from './visit.ts'

const visit = useVisit()

const STARTED_AT = Date.parse('2026-01-02T03:04:05.000Z')
/** The screen was chosen a moment after the camera. */
const OFFSET_MS = 1200

type Recorded = { url: string; group: string; title: string; set: string; startMs: number }

async function record({ url, group, title, set, startMs }: Recorded): Promise<void> {
  const http = new WireHttp(url)
  const made = await http.create({ title, group })
  const { slices, mimeType } = loadTake(set)
  const startedAt = new Date(STARTED_AT + startMs).toISOString()
  const chunks = slices.map((bytes, seq) => chunk(seq, bytes))
  await http.frames(made, streamed(take(0, { mimeType, startedAt }), ...chunks), made)
  const body = JSON.stringify({ ...finishBody([slices.length]), token: made.token })
  await http.call('POST', `/api/recordings/${made.id}/stop`, body)
  await http.untilStatus(made, 'ready')
}

const opened = () => recordingPage(visit.page)

/** Where both are by the clock of the group, in seconds. */
const places = () =>
  opened()
    .locator('video')
    .evaluateAll((all, offsetMs) => {
      const [camera, screen] = all as HTMLVideoElement[]
      if (!camera || !screen) return null
      const isReady = camera.readyState >= 2 && screen.readyState >= 2 && !screen.seeking
      return {
        ...{ camera: camera.currentTime, screen: screen.currentTime + offsetMs / 1000 },
        isRunning: isReady && !camera.paused && !screen.paused,
        isStill: isReady && camera.paused && screen.paused,
      }
    }, OFFSET_MS)

const together = (
  what: string,
  isThere: (at: NonNullable<Awaited<ReturnType<typeof places>>>) => boolean,
) =>
  waitFor(what, async () => {
    const at = await places()
    return at && isThere(at) && Math.abs(at.camera - at.screen) < 0.2 ? at : null
  })

/** The shadow trees' own names: those of the single player. */
const control = (name: string) => opened().getByRole('button', { name, exact: true })

async function openTogether(
  page = visit.page,
  words: Words<typeof english> = english,
): Promise<void> {
  const both = { url: new URL(page.url()).origin, group: `interview ${randomUUID()}` }
  const camera = { title: 'The camera', set: 'webm-vp9-opus-kf2000-ts1000-20s', startMs: 0 }
  await record({ ...both, ...camera })
  const screen = { title: 'The screen', set: 'webm-vp8-canvas-resize-ts1000', startMs: OFFSET_MS }
  await record({ ...both, ...screen })
  const row = page.getByRole('listitem').filter({ hasText: 'The screen' })
  await row.first().locator('.row-open').click()
  const shown = recordingPage(page)
  await shown.getByText(words.madeTogether(2)).waitFor()
  await shown.getByRole('button', { name: words.together }).click()
  await shown.locator('group-media').waitFor()
  expect(await shown.locator('video').count()).toBe(2)
}

/** What the controls know of the medium in them. */
const told = (attribute: string) => opened().locator('media-time-range').getAttribute(attribute)

test('both play, pause and seek by the controls of a single recording', async () => {
  const { page } = visit
  await openTogether()
  await waitFor('the length of both', async () => Number(await told('mediaduration')) > 19)
  await control('play').click()
  await together('both to play', ({ isRunning, camera }) => isRunning && camera > OFFSET_MS / 1000)
  await opened().locator('media-controller').focus()
  await page.keyboard.press('ArrowRight')
  await together('both to go on ten seconds later', ({ camera }) => camera > 10)
  await page.keyboard.press('k')
  const { camera: pausedAt } = await together('both to stop', ({ isStill }) => isStill)
  await page.keyboard.press('ArrowLeft')
  await together('both to stand ten seconds before', ({ isStill, camera }) => {
    return isStill && Math.abs(pausedAt - 10 - camera) < 0.05
  })
  expect(visit.errors).toEqual([])
})

test('they are as loud and as fast as the controls say, and are loaded where both are', async () => {
  const { page } = visit
  await openTogether()
  await opened().locator('media-controller').focus()
  await page.keyboard.press('m')
  const each = (property: 'muted' | 'playbackRate') =>
    opened()
      .locator('video')
      .evaluateAll((all, name) => all.map((one) => (one as HTMLVideoElement)[name]), property)
  await waitFor('both to be silent', async () => (await each('muted')).every((is) => is === true))
  await control('unmute').click()
  await waitFor('both to be heard', async () => (await each('muted')).every((is) => is === false))
  await opened().locator('media-playback-rate-button').click()
  await waitFor('both to be faster', async () => {
    return (await each('playbackRate')).every((rate) => rate === 1.25)
  })
  await waitFor('all to be loaded', async () => {
    const [, end] = (await told('mediabuffered'))?.split(' ').at(-1)?.split(':') ?? []
    return Number(end) > 19
  })
  expect(visit.errors).toEqual([])
})

test('each can be played alone again', async () => {
  await openTogether()
  await opened().getByRole('button', { name: 'Play alone' }).click()
  await waitFor('one to be left', async () => (await opened().locator('video').count()) === 1)
})

test('nothing is wrong with them in German, narrow or mirrored', async () => {
  await using world = await createWorld({ language: 'de-DE' })
  const { page } = await world.openPage()
  await openTogether(page, german)
  expect(await problems(page)).toEqual([])
}, 120_000)
