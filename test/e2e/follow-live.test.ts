// Somebody else watches while it is being recorded, and goes on watching when it ends.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { createWorld } from '../support/world.ts'

type Playing = { at: number; width: number; duration: number; lag: number }

const look = (): Playing | null => {
  const video = document.querySelector<HTMLVideoElement>('main.recording-page video')
  if (!video || video.buffered.length === 0) return null
  const { currentTime: at, videoWidth: width, duration, buffered } = video
  return { at, width, duration, lag: buffered.end(buffered.length - 1) - at }
}

test('a viewer sees what was recorded a few seconds ago, and the whole file when it ends', async () => {
  await using world = await createWorld({ env: { HOLDFAST_GRACE_MS: '20000' } })
  const recorder = await world.openPage()
  await recorder.start()
  const { slices } = world.tap()
  await waitFor('6 slices', () => slices.length >= 6)

  const viewer = await world.openPage()
  const { page } = viewer
  const row = page.getByRole('listitem').filter({ hasText: 'Recording' })
  await row.getByRole('button').first().click()
  const first = await waitFor('the picture', () => page.evaluate(look))
  const later = await waitFor('it to go on', async () => {
    const now = await page.evaluate(look)
    return now && now.at > first.at + 3 ? now : null
  })
  expect(later.width).toBeGreaterThan(0)
  expect(later.duration).toBe(Number.POSITIVE_INFINITY)
  // Joined at the newest keyframe, not at the beginning.
  expect(first.at).toBeGreaterThan(2)
  // What the recorder handed out, a second a slice, against what is on the viewer's screen.
  const behind = await page.evaluate(look).then((now) => slices.length - (now?.at ?? 0))
  expect(behind).toBeLessThan(5)

  await recorder.page.bringToFront()
  await recorder.stop()
  await recorder.waitUntilSafe()
  await page.bringToFront()
  const file = await waitFor('the finished file', async () => {
    const duration = await page.evaluate(
      () => document.querySelector<HTMLVideoElement>('main.recording-page video')?.duration ?? 0,
    )
    return Number.isFinite(duration) && duration > 8 ? duration : null
  })
  expect(file).toBeGreaterThan(8)
  expect([...recorder.errors, ...viewer.errors]).toEqual([])
}, 90_000)
