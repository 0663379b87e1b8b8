// The app is on this device, the server is not there from the start: the browser is opened anew, the page comes from the
// service worker, a recording is made, and it arrives when the server does.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { createWorld } from '../support/world.ts'
import { expectSamePackets } from './expect-media.ts'

test('a browser that is started without a server opens the app, records, and sends it later', async () => {
  await using world = await createWorld()
  const visit = await world.openPage()
  await visit.waitUntilControlled()
  await world.server.kill('SIGKILL')
  await world.killBrowser()

  const recorder = await world.openPage()
  await recorder.start()
  const { slices } = world.tap()
  await waitFor('some slices', () => slices.length >= 4)
  await recorder.stop()
  await recorder.page.getByRole('heading', { name: 'Kept on this device' }).waitFor()
  await world.server.start()
  await recorder.waitUntilSafe(40_000)
  const { id } = await world.api.firstRecording()
  const view = await world.api.waitForStatus(id, 'ready')
  expect(view.gaps).toEqual([])
  await expectSamePackets(await world.api.media(id), world.tap().joined(0))
}, 90_000)
