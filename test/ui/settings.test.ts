// What can be chosen before recording, and done while it runs.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { useVisit } from './visit.ts'

const visit = useVisit()

type Made = { id: string; title: string | null; group: string | null; marks: { atMs: number }[] }

const newest = async (): Promise<Made> => (await visit.world.api.list())[0] as unknown as Made

const record = () => visit.page.getByRole('button', { name: 'Record', exact: true })

const stop = async (): Promise<void> => {
  const { page } = visit
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('heading', { name: 'Safe on the server', exact: true }).waitFor()
}

test('a countdown can be called off, and records when it is over', async () => {
  const { page, world } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByText(/^Quality and more/).click()
  await page.getByLabel('Countdown').selectOption('3 seconds')
  await record().click()
  await page.locator('.countdown').getByText('3').waitFor()
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await page.locator('.countdown').waitFor({ state: 'detached' })
  await record().waitFor()
  expect(await world.api.list()).toEqual([])
  await record().click()
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  await stop()
  // It is remembered.
  await page.getByRole('button', { name: 'Record again' }).click()
  await page.getByText(/^Quality and more/).click()
  expect(await page.getByLabel('Countdown').inputValue()).toBe('three')
  await page.getByLabel('Countdown').selectOption('None')
  expect(visit.errors).toEqual([])
}, 60_000)

test('the pickers say which device is open before any was picked', async () => {
  const { page } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  const chosen = (label: RegExp) =>
    page.getByLabel(label).evaluate((picker) => {
      return (picker as HTMLSelectElement).selectedOptions[0]?.textContent ?? ''
    })
  await waitFor('the name of the camera', async () =>
    (await chosen(/^Camera/)).startsWith('Default: fake_device'),
  )
  await waitFor('the name of the microphone', async () =>
    (await chosen(/^Microphone/)).startsWith('Default: Fake'),
  )
})

/** Lengths that the level had within so long: it is painted elsewhere, and read off the canvas. */
const levelsIn = (ms: number): Promise<number[]> =>
  visit.page.locator('.level-track > canvas').evaluate(async (canvas, span) => {
    const seen = new Set<number>()
    const reader = new OffscreenCanvas(88, 1).getContext('2d', { willReadFrequently: true })
    for (const until = performance.now() + span; performance.now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      reader?.clearRect(0, 0, 88, 1)
      reader?.drawImage(canvas as HTMLCanvasElement, 0, 0, 88, 1)
      const { data } = reader?.getImageData(0, 0, 88, 1) ?? { data: [] }
      seen.add(Array.from(data).filter((value, at) => at % 4 === 3 && value > 127).length)
    }
    return [...seen]
  }, ms)

test('the level follows the voice before and while it records, without a frame of the page', async () => {
  const { page } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await record().waitFor()
  // The fake microphone beeps once a second; in between the bar falls.
  const isLively = async () => (await levelsIn(1500)).length >= 6
  await waitFor('a lively level', isLively)
  await page.getByText(/^Microphone level: (good|loud)$/).waitFor({ state: 'attached' })
  await record().click()
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  await waitFor('a level that is lively while it records', isLively)
  expect(Math.max(...(await levelsIn(1500)))).toBeGreaterThan(40)
  await stop()
})

test('another quality is another picture, and says what it needs', async () => {
  const { page } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await page.getByText(/^Quality and more: Standard, 720p/).click()
  await page.getByText(/^Needs 2\.6 Mbit\/s of upload/).waitFor()
  const height = () =>
    page.getByLabel('Preview of what is recorded').evaluate((video) => {
      return (video as HTMLVideoElement).videoHeight
    })
  await waitFor('a picture', async () => (await height()) === 720)
  await page.getByLabel(/^Quality/).selectOption('Light, 480p')
  await page.getByText(/^Needs 1\.1 Mbit\/s of upload/).waitFor()
  await waitFor('a smaller picture', async () => (await height()) === 480)
  await page.getByLabel(/^Quality/).selectOption('Standard, 720p')
  await waitFor('the larger picture', async () => (await height()) === 720)
})

test('M marks the moment, and the title can be changed while it records', async () => {
  const { page, world } = visit
  await page.getByRole('button', { name: /^Camera/ }).click()
  await record().click()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  await page.keyboard.press('m')
  await page
    .getByRole('status')
    .getByText(/^Marked 0:\d\d \(1\)/)
    .waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Mark this moment' }).click()
  await page.getByLabel('Title', { exact: true }).fill('Named while it ran')
  await stop()
  const saved = await waitFor('the marks', async () => {
    const one = (await world.api.read((await newest()).id)) as unknown as Made
    return one.marks.length === 2 && one.title === 'Named while it ran' && one
  })
  expect(saved.marks[0]?.atMs).toBeGreaterThan(1_000)
  expect(saved.marks[1]?.atMs).toBeGreaterThanOrEqual(saved.marks[0]?.atMs ?? 0)
}, 60_000)

test('screen and camera can be one picture, in one recording that plays', async () => {
  const { page, world } = visit
  await page.getByRole('button', { name: /^Screen and camera/ }).click()
  await page.getByText(/^Quality and more/).click()
  await page.getByLabel('Saved as').selectOption('One picture, camera in the corner')
  const preview = page.getByLabel('Preview of what is recorded')
  await waitFor('the picture of both', () =>
    preview.evaluate((video) => (video as HTMLVideoElement).videoWidth > 0),
  )
  await record().click()
  await page.getByText(/^\d+:(0[2-9]|[1-5]\d) safe on the server$/).waitFor()
  await stop()
  const one = await newest()
  expect(one.group).toBeNull()
  const { gaps, durationMs } = await world.api.waitForStatus(one.id, 'ready')
  expect(gaps).toEqual([])
  expect(durationMs).toBeGreaterThan(1_500)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.waitForFunction(() => {
    const video = document.querySelector<HTMLVideoElement>('main.recording-page video')
    return video !== null && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
  })
}, 60_000)

test('a microphone that is muted by its switch is said', async () => {
  const { page } = visit
  await page.addInitScript(() => {
    const { mediaDevices } = navigator
    const open = mediaDevices.getUserMedia.bind(mediaDevices)
    mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted)
      const [track] = stream.getAudioTracks()
      Object.assign(globalThis, { track })
      return stream
    }
  })
  await page.reload()
  await page.getByRole('button', { name: /^Camera/ }).click()
  await record().waitFor()
  const mute = (isMuted: boolean) =>
    page.evaluate((value) => {
      const { track } = globalThis as unknown as { track: MediaStreamTrack }
      // As a headset's switch does; a fake device has none.
      Object.defineProperty(track, 'muted', { value, configurable: true })
      track.dispatchEvent(new Event(value ? 'mute' : 'unmute'))
    }, isMuted)
  const notice = page.getByText(/^The microphone is muted/)
  await mute(true)
  await notice.waitFor()
  await mute(false)
  await notice.waitFor({ state: 'detached' })
})
