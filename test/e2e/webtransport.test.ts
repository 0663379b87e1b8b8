// The same promise over WebTransport: real Chromium, a real server, real UDP. Recording begins at the WebSocket and changes
// over; whatever happens to the session then, nothing is lost.
import { createSocket } from 'node:dgram'
import { describe, expect, onTestFinished, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { loadedLibrary, webTransport } from '../support/webtransport-library.ts'
import { createWorld, type World } from '../support/world.ts'
import { expectSamePackets } from './expect-media.ts'

/** Chunks that are stored, by the transport on which they came. */
async function arrived({ server }: World, transport: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const line = new RegExp(`^holdfast_chunk_stored_total\\{transport="${transport}"\\} (\\d+)`, 'm')
  return Number(line.exec(text)?.[1] ?? 0)
}

const untilArrived = (world: World, transport: string, count: number) =>
  waitFor(
    `${count} chunks by ${transport}`,
    async () => (await arrived(world, transport)) >= count,
    {
      timeoutMs: 40_000,
    },
  )

/** A UDP port on which somebody listens and never answers: what a firewall that drops looks like. */
async function bindDeaf(port: number): Promise<{ heard: number }> {
  const deaf = { heard: 0 }
  const socket = createSocket('udp4', () => {
    deaf.heard += 1
  })
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve))
  onTestFinished(() => void socket.close())
  return deaf
}

async function finish(world: World, recorder: Awaited<ReturnType<World['openPage']>>) {
  await recorder.stop()
  await recorder.waitUntilSafe(40_000)
  const { id } = await world.api.firstRecording()
  const view = await world.api.waitForStatus(id, 'ready')
  expect(view.gaps).toEqual([])
  await expectSamePackets(await world.api.media(id), world.tap().joined(0))
}

describe.skipIf(typeof webTransport === 'string')('WebTransport', () => {
  const open = () => createWorld({ env: { ...loadedLibrary().env, HOLDFAST_WEBTRANSPORT: 'on' } })

  test('carries a recording, and the page says so', async () => {
    await using world = await open()
    const recorder = await world.openPage()
    await recorder.start()
    await untilArrived(world, 'webtransport', 4)
    expect(await arrived(world, 'websocket')).toBeGreaterThan(0)
    await recorder.page.getByText('WebTransport', { exact: true }).waitFor()
    await finish(world, recorder)
    expect(recorder.errors).toEqual([])
  }, 90_000)

  test('SIGKILL to the server in the middle: it goes on by itself and loses nothing', async () => {
    await using world = await open()
    const recorder = await world.openPage()
    await recorder.start()
    await untilArrived(world, 'webtransport', 3)
    await world.server.kill('SIGKILL')
    const before = world.tap().slices.length
    await waitFor('seconds without a server', () => world.tap().slices.length >= before + 4)
    await world.server.restart()
    await untilArrived(world, 'webtransport', 3)
    await finish(world, recorder)
  }, 120_000)

  test('where UDP does not get through the recording goes by WebSocket from its first moment', async () => {
    await using world = await open()
    // The second port of the server, which its content policy allows.
    const port = Number(new URL(world.server.url).port) + 1
    const deaf = await bindDeaf(port)
    const recorder = await world.openPage()
    await recorder.page.route('**/api/capabilities', async (route) => {
      const response = await route.fetch()
      const { webtransport, ...more } = await response.json()
      const url = new URL(webtransport.url)
      url.port = String(port)
      await route.fulfill({ response, json: { ...more, webtransport: { ...webtransport, url } } })
    })
    await recorder.start()
    await untilArrived(world, 'websocket', 2)
    await waitFor('a try over UDP', () => deaf.heard > 0)
    await untilArrived(world, 'websocket', 8)
    await recorder.page.getByText('Connected', { exact: true }).waitFor()
    await finish(world, recorder)
    expect(await arrived(world, 'webtransport')).toBe(0)
  }, 90_000)
})
