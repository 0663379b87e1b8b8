// SIGKILL to the server while three people record; it comes back on the same data folder.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { createWorld } from '../support/world.ts'
import { expectSamePackets } from './expect-media.ts'

test('three recordings go on by themselves and lose nothing', async () => {
  await using world = await createWorld()
  const recorders = []
  for (let n = 0; n < 3; n += 1) {
    const recorder = await world.openPage()
    // One recorder starts after another, so that the tap's numbers are those of the pages.
    await recorder.page.bringToFront()
    await recorder.start()
    await waitFor('its first slice', () => world.tap().slices.some((s) => s.recorder === n))
    recorders.push(recorder)
  }
  const { slices } = world.tap()
  await waitFor('some seconds', () => slices.length >= 9)
  await world.server.kill('SIGKILL')
  const before = slices.length
  await waitFor('seconds without a server', () => slices.length >= before + 6)
  await world.server.restart()
  await waitFor('seconds with the server again', () => slices.length >= before + 15)
  for (const recorder of recorders) {
    await recorder.page.bringToFront()
    await recorder.stop()
    await recorder.waitUntilSafe()
  }

  const views = await world.api.list()
  expect(views).toHaveLength(3)
  const oldestFirst = [...views].reverse()
  for (const [n, { id }] of oldestFirst.entries()) {
    const view = await world.api.waitForStatus(id, 'ready')
    expect(view.gaps).toEqual([])
    await expectSamePackets(await world.api.media(id), world.tap().joined(n))
  }
}, 120_000)
