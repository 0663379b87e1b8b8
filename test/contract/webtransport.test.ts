// What only WebTransport has: sessions and streams, and who may come in. That the same frames mean the same is in
// the other suites, which run over it too.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HAS_FLEET, RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { loadedLibrary, webTransport } from '../support/webtransport-library.ts'
import { WireBed } from '../support/wire-bed.ts'
import { chunk, hello, noise, ping, streamed, TYPE, take } from '../support/wire-frames.ts'
import { offerOf, openSession, WireStream } from '../support/wire-stream.ts'

const canRun = typeof webTransport !== 'string' && !HAS_FLEET

/** 0: on a slow machine the end of the connection overtakes the words of its session. A recorder does the same with both. */
const TOLD_LATER = [4503, 0]

describe.skipIf(!canRun).each(RUNTIMES)('WebTransport on %s', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    const env = { ...loadedLibrary().env, HOLDFAST_WEBTRANSPORT: 'on', HOLDFAST_GRACE_MS: '10000' }
    bed = await WireBed.start(runtime, env)
  })
  afterAll(() => bed.stop())

  const session = async (path = '') => {
    const offer = await offerOf(bed.url)
    if (!offer) throw new Error('nothing is offered')
    const url = path === '' ? offer.url : new URL(path, offer.url).href
    return await openSession(loadedLibrary().library, { ...offer, url })
  }
  const greet = async () => {
    const made = await bed.http.create()
    return { made, stream: await WireStream.greet(loadedLibrary().library, bed.url, made) }
  }
  const metric = async (line: string) => {
    const text = await (await fetch(`${bed.url}/metrics`)).text()
    return text.split('\n').find((one) => one.startsWith(line))
  }

  test('takes a recording, and counts by what it came', async () => {
    const { made, stream } = await greet()
    stream.send(take(0), chunk(0, noise(3000, 1)), chunk(1, noise(200_000, 2)), ping(7))
    await stream.until('take 0', 'ack 0/0', 'ack 0/1', 'pong 7')
    const rows =
      await bed.sql`select distinct transport from chunks where recording_id = ${made.id}`
    expect(rows.map((row) => row.transport)).toEqual(['webtransport'])
    const open = 'holdfast_ingest_sessions{transport="webtransport"}'
    expect(await metric(open)).toBe(`${open} 1`)
    stream.close()
    await waitFor('the end', async () => (await metric(open)) === `${open} 0`)
  })

  test('answers what came before the end of a stream, then ends it', async () => {
    const { stream } = await greet()
    stream.send(take(0), ...Array.from({ length: 20 }, (_, seq) => chunk(seq, noise(900, seq))))
    stream.finish()
    await waitFor('the end', () => stream.isFinished)
    expect(stream.answers).toContain('ack 0/19')
    expect(stream.of(TYPE.ERROR)).toEqual([])
    stream.close()
  })

  test('a stream that is reset in the middle of a chunk costs that chunk, and no other stream', async () => {
    const { made, stream } = await greet()
    const beside = await WireStream.open(stream.session)
    beside.send(hello(made.id, made.token))
    await beside.next(TYPE.WELCOME)
    stream.send(take(0), chunk(0, noise(900, 1)))
    await stream.until('ack 0/0')
    stream.sendBytes(streamed(chunk(1, noise(90_000, 2))).slice(0, 50_000))
    await stream.reset()
    beside.send(chunk(2, noise(900, 3)))
    await beside.until('ack 0/2')
    expect(await bed.stored(made)).toEqual(['0/0', '0/2'])
    expect((await beside.session.openBi()).takeSend()).toBeDefined()
    beside.close()
  })

  test('goes on after SIGKILL with the certificate that it had', async () => {
    const { made, stream } = await greet()
    stream.send(take(0), chunk(0, noise(900, 1)))
    await stream.until('ack 0/0')
    const before = await offerOf(bed.url)
    await bed.server.kill('SIGKILL')
    await bed.server.start()
    expect(await offerOf(bed.url)).toEqual(before)
    const again = await WireStream.greet(loadedLibrary().library, bed.url, made)
    again.send(chunk(0, noise(900, 1)), chunk(1, noise(900, 2)))
    await again.until('ack 0/0', 'ack 0/1')
    expect(await bed.stored(made)).toEqual(['0/0', '0/1'])
    again.close()
  })

  test('ends the session of a client that asks and never reads', async () => {
    const made = await bed.http.create()
    const mute = await session()
    const sender = (await mute.openBi()).takeSend()
    const isOver = mute.closed()
    await sender.write(Buffer.from(streamed(hello(made.id, made.token))))
    const pings = Buffer.from(streamed(...Array.from({ length: 20_000 }, (_, n) => ping(n))))
    // More answers than QUIC and the server hold; the rest is not taken any more.
    const flood = async () => {
      for (let round = 0; round < 60; round++) await sender.write(pings)
    }
    const flooding = flood().catch(() => undefined)
    const { stream: other } = await greet()
    other.send(ping(1))
    await other.until('pong 1')
    expect(TOLD_LATER).toContain((await isOver).closeCode)
    await flooding
    other.send(ping(2))
    await other.until('pong 2')
    other.close()
  }, 90_000)

  describe('who may not come in', () => {
    test.each(['/webtransport/', '/webtransport/x', '/', '/api/recordings'])(
      'asks for %s',
      async (path) => {
        await expect(session(path)).rejects.toThrow()
      },
    )

    test('says anything but HELLO first', async () => {
      const stream = await WireStream.open(await session())
      stream.send(ping(1))
      expect(await stream.nextJson(TYPE.ERROR)).toMatchObject({ code: 'bad_frame', retry: false })
      expect(await stream.closed()).toBe(4400)
    })

    test('begins with what is longer than a HELLO, and sends on and on', async () => {
      const stream = await WireStream.open(await session())
      const length = new Uint8Array([0, 16, 0, 0])
      stream.sendBytes(length)
      for (let n = 0; n < 16; n++) stream.sendBytes(new Uint8Array(2 ** 20))
      expect(await stream.nextJson(TYPE.ERROR)).toMatchObject({ code: 'frame_too_large' })
      expect(await stream.closed()).toBe(4400)
    })

    test('ends inside a frame', async () => {
      const stream = await WireStream.open(await session())
      stream.sendBytes(new Uint8Array([0, 0, 1, 0, 1]))
      stream.finish()
      expect(await stream.nextJson(TYPE.ERROR)).toMatchObject({ code: 'bad_frame' })
    })

    test('opens more streams than anybody needs', async () => {
      const many = await session()
      const opening = Array.from({ length: 17 }, async () => {
        const sender = (await many.openBi()).takeSend()
        await sender.write(Buffer.from([0]))
      })
      await Promise.allSettled(opening)
      expect(await many.closed()).toMatchObject({ closeCode: 4400, reason: 'Too many streams.' })
    })

    test('says nothing for ten seconds; and a crowd of such shuts nobody out for longer', async () => {
      const crowd = await Promise.allSettled(Array.from({ length: 160 }, () => session()))
      const inside = crowd.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      expect(inside.length).toBeGreaterThanOrEqual(100)
      expect(inside.length).toBeLessThanOrEqual(128)
      // Whoever is shut out meanwhile goes by WebSocket.
      const socket = await bed.greet(await bed.http.create())
      socket.send(take(0), chunk(0, noise(900, 1)))
      await socket.until('ack 0/0')
      const ends = await Promise.all(inside.map((one) => one.closed()))
      for (const { closeCode } of ends) expect(TOLD_LATER).toContain(closeCode)
      const { stream } = await greet()
      stream.close()
    }, 90_000)
  })

  test('says that it is shutting down, and is gone at once', async () => {
    const { made, stream } = await greet()
    stream.send(take(0), chunk(0, noise(900, 1)))
    await stream.until('ack 0/0')
    expect(await bed.server.kill('SIGTERM')).toBe(0)
    const error = await stream.nextJson<{ code: string; retry: boolean }>(TYPE.ERROR)
    expect(error).toMatchObject({ code: 'shutting_down', retry: true })
    await bed.server.start()
    expect(await bed.stored(made)).toEqual(['0/0'])
  })
})

describe.skipIf(typeof webTransport === 'string')('a server without it', () => {
  test('offers none', async () => {
    const bed = await WireBed.start('bun')
    try {
      expect(await offerOf(bed.url)).toBeNull()
    } finally {
      await bed.stop()
    }
  })
})
