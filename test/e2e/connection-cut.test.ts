// The line between the browser and the server is cut while recording; the recorder must never notice.
import { expect, test } from 'vitest'
import type { RecorderPage } from '../support/recorder-page.ts'
import { waitFor } from '../support/wait-for.ts'
import { createWorld, GRACE_MS, type World } from '../support/world.ts'
import { expectSamePackets } from './expect-media.ts'

async function startRecording(world: World): Promise<{ recorder: RecorderPage; id: string }> {
  const recorder = await world.openPage()
  await recorder.start()
  const { slices } = world.tap()
  await waitFor('some slices', () => slices.length >= 3)
  return { recorder, id: (await world.api.firstRecording()).id }
}

async function stopAndCompare(world: World, recorder: RecorderPage, id: string): Promise<void> {
  await recorder.stop()
  await recorder.waitUntilSafe()
  const { version } = await world.api.read(id)
  const view = await world.api.waitForStatus(id, 'ready', { version: version || 1 })
  expect(view.gaps).toEqual([])
  await waitFor('the whole file', async () => {
    await expectSamePackets(await world.api.media(id), world.tap().joined(0))
    return true
  })
}

test('a cut shorter than the grace time makes one finalization', async () => {
  await using world = await createWorld()
  const { recorder, id } = await startRecording(world)
  world.proxy.setLine('cut')
  const { slices } = world.tap()
  const before = slices.length
  await waitFor('two slices without a line', () => slices.length >= before + 2)
  world.proxy.setLine('open')
  await waitFor('two slices with the line again', () => slices.length >= before + 4)
  await stopAndCompare(world, recorder, id)
  expect((await world.api.read(id)).versions).toHaveLength(1)
}, 60_000)

test('a cut longer than the grace time makes version 1, then the full version 2', async () => {
  await using world = await createWorld()
  const { recorder, id } = await startRecording(world)
  world.proxy.setLine('cut')
  const first = await world.api.waitForStatus(id, 'ready', { timeoutMs: 4 * GRACE_MS })
  expect(first).toMatchObject({ version: 1, reason: 'disconnect' })
  world.proxy.setLine('open')
  await world.api.waitForStatus(id, 'recording')
  await stopAndCompare(world, recorder, id)
  expect((await world.api.read(id)).versions.map(({ version }) => version).sort()).toEqual([1, 2])
}, 90_000)
