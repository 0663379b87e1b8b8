// The page is there (from the service worker), the server is not.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { createWorld } from '../support/world.ts'
import { expectSamePackets } from './expect-media.ts'

test('a recording that began without a server arrives whole when the server comes', async () => {
  await using world = await createWorld()
  const recorder = await world.openPage()
  await recorder.waitUntilControlled()
  await world.server.kill('SIGKILL')
  await recorder.page.reload()
  await recorder.start()
  const { slices } = world.tap()
  await waitFor('some slices', () => slices.length >= 4)
  await world.server.restart()
  await waitFor('more slices', () => slices.length >= 7)
  await recorder.stop()
  await recorder.waitUntilSafe()
  const { id } = await world.api.firstRecording()
  const view = await world.api.waitForStatus(id, 'ready')
  expect(view.gaps).toEqual([])
  await expectSamePackets(await world.api.media(id), world.tap().joined(0))
}, 90_000)
