// SIGKILL to the whole browser: no event runs in the page, nothing says goodbye.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { createWorld } from '../support/world.ts'
import { expectBeginsWith, readSeconds } from './expect-media.ts'

test('what was acked is finalized after the grace time, the rest arrives at the next visit', async () => {
  await using world = await createWorld()
  const recorder = await world.openPage()
  await recorder.start()
  const { slices, startedAtMs } = world.tap()
  await waitFor('4 slices on the server', async () => {
    const [view] = await world.api.list()
    const chunks = view && (await world.api.read(view.id)).takes[0]?.chunks
    return (chunks ?? 0) >= 4
  })
  // Two more seconds reach this device only.
  world.proxy.setLine('cut')
  const before = slices.length
  await waitFor('2 slices without a server', () => slices.length >= before + 2)
  // A slice is safe here once its transaction is complete (I13): about 10 ms, more on a busy disk.
  await waitFor('the last one to be stored', () => Date.now() - (slices.at(-1)?.atMs ?? 0) > 250)
  const recorded = world.tap().joined(0)
  const killedAtMs = Date.now()
  await world.killBrowser()

  const { id } = await world.api.firstRecording()
  const first = await world.api.waitForStatus(id, 'ready')
  expect(first).toMatchObject({ version: 1, reason: 'disconnect', gaps: [] })
  await expectBeginsWith(recorded, await world.api.media(id))

  world.proxy.setLine('open')
  await world.openPage()
  const second = await world.api.waitForStatus(id, 'ready', { version: 2 })
  expect(second.gaps).toEqual([])
  const file = await world.api.media(id)
  await expectBeginsWith(file, recorded)
  const lostS = (killedAtMs - (startedAtMs[0] ?? 0)) / 1000 - (await readSeconds(file))
  expect(lostS).toBeLessThan(1.3)
}, 90_000)
