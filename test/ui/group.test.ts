// Camera and screen recorded together: two recordings that play as one.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireHttp } from '../support/wire-client.ts'
import { chunk, finishBody, streamed, take } from '../support/wire-frames.ts'
import { recordingPage, useVisit } from './visit.ts'

const visit = useVisit()

const STARTED_AT = Date.parse('2026-01-02T03:04:05.000Z')
/** The screen was chosen a moment after the camera. */
const OFFSET_MS = 1200

async function record(group: string, title: string, set: string, startMs: number): Promise<void> {
  const http = new WireHttp(visit.world.server.url)
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

test('both play, pause and seek by one set of controls', async () => {
  const group = `interview ${randomUUID()}`
  await record(group, 'The camera', 'webm-vp8-opus-requestdata-6s', 0)
  await record(group, 'The screen', 'webm-vp8-canvas-resize-ts1000', OFFSET_MS)
  const row = visit.page.getByRole('listitem').filter({ hasText: 'The screen' })
  await row.locator('.row-open').click()
  await opened().getByText('2 recordings belong together.').waitFor()
  await opened().getByRole('button', { name: 'Play together' }).click()
  const position = opened().getByRole('slider', { name: 'Position' })
  await position.waitFor()
  expect(await opened().locator('video').count()).toBe(2)
  await waitFor(
    'the length of both',
    async () => Number(await position.getAttribute('max')) > 13_000,
  )
  await opened().getByRole('button', { name: 'Play all' }).click()
  await together('both to play', ({ isRunning, camera }) => isRunning && camera > OFFSET_MS / 1000)
  await position.fill('4000')
  await together('both to go on there', ({ isRunning, camera }) => isRunning && camera > 4)
  await opened().getByRole('button', { name: 'Pause all' }).click()
  await together('both to stop', ({ isStill }) => isStill)
  await position.fill('2000')
  await together(
    'both to stand there',
    ({ isStill, camera }) => isStill && Math.abs(camera - 2) < 0.05,
  )

  await opened().getByRole('button', { name: 'Play alone' }).click()
  expect(await opened().locator('video').count()).toBe(1)
  expect(visit.errors).toEqual([])
})
