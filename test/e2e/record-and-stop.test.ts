// The plain case, whole: three clicks, and a file that has everything.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { createWorld } from '../support/world.ts'
import { expectSamePackets, readSeconds } from './expect-media.ts'

test('a recording of 8 s that is stopped is ready, complete and of the right length', async () => {
  await using world = await createWorld()
  const recorder = await world.openPage()
  await recorder.start()
  const { slices, startedAtMs, stoppedAtMs } = world.tap()
  await waitFor('8 slices', () => slices.length >= 8)
  await recorder.stop()
  await recorder.waitUntilSafe()

  const { id } = await world.api.firstRecording()
  const view = await world.api.waitForStatus(id, 'ready')
  expect(view).toMatchObject({ version: 1, reason: 'stop', gaps: [] })
  const file = await world.api.media(id)
  await expectSamePackets(file, world.tap().joined(0))
  const lastedMs = (stoppedAtMs[0] ?? 0) - (startedAtMs[0] ?? 0)
  const seconds = await readSeconds(file)
  expect(Math.abs(seconds - lastedMs / 1000)).toBeLessThan(0.3)
  expect(Math.abs((view.durationMs ?? 0) / 1000 - seconds)).toBeLessThan(0.05)
  expect(recorder.errors).toEqual([])
}, 60_000)
