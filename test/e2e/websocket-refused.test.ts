// A proxy that does not know WebSockets stands between; later it learns.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { createWorld } from '../support/world.ts'
import { expectSamePackets } from './expect-media.ts'

test('everything goes by HTTP POST, and climbs back when WebSockets pass', async () => {
  await using world = await createWorld()
  world.proxy.setLine('no-websocket')
  const recorder = await world.openPage()
  await recorder.start()
  const { id } = await world.api.firstRecording()
  const chunksOnServer = async () => (await world.api.read(id)).takes[0]?.chunks ?? 0
  await waitFor('chunks by POST', async () => (await chunksOnServer()) >= 3)
  expect(world.proxy.upgrades).toBe(0)

  world.proxy.setLine('open')
  await waitFor('a WebSocket', () => world.proxy.upgrades > 0, { timeoutMs: 30_000 })
  const before = await chunksOnServer()
  await waitFor('chunks by WebSocket', async () => (await chunksOnServer()) >= before + 2)
  await recorder.stop()
  await recorder.waitUntilSafe()
  await world.api.waitForStatus(id, 'ready')
  await expectSamePackets(await world.api.media(id), world.tap().joined(0))
}, 90_000)
