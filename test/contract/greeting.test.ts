import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, type WelcomeBody, WireSocket } from '../support/wire-client.ts'
import type { WireConnection } from '../support/wire-connection.ts'
import {
  type Bytes,
  chunk,
  hello,
  json,
  noise,
  ping,
  TYPE,
  take,
  wire,
} from '../support/wire-frames.ts'
import { WIRES } from '../support/wires.ts'

describe.each(WIRES)('the first frames on $name', ({ runtime, over }) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime, {}, over)
  })
  afterAll(() => bed.stop())

  const failure = (socket: WireConnection) =>
    socket.nextJson<{ code: string; message: string; retry: boolean }>(TYPE.ERROR)

  describe('rule 9: WELCOME', () => {
    test('comes first and tells status, limits, rhythm and what is stored', async () => {
      const made = await bed.http.create()
      const socket = await bed.open(made.id)
      socket.send(hello(made.id, made.token), ping(1))
      const welcome = await socket.nextJson<WelcomeBody>(TYPE.WELCOME)
      await socket.until('pong 1')
      expect(socket.frames[0]).toMatchObject({ type: TYPE.WELCOME, flags: 0, take: 0, seq: 0 })
      expect(welcome).toMatchObject({
        status: 'recording',
        version: 0,
        have: {},
        graceMs: 1500,
        limits: { maxChunkBytes: 4 * 2 ** 20, window: expect.any(Number) },
      })
      expect(welcome.limits.maxBodyBytes).toBeGreaterThan(welcome.limits.maxChunkBytes)
      expect(welcome.limits.windowBytes).toBeGreaterThanOrEqual(welcome.limits.maxChunkBytes)
      expect(welcome.pingMs).toBeGreaterThan(0)
      expect(welcome.pingMs).toBeLessThan(welcome.graceMs)
    })

    test('says what is stored as inclusive ranges per take', async () => {
      const made = await bed.http.create()
      const first = await bed.greet(made)
      first.send(take(0), take(2), chunk(0, noise(10, 1)), chunk(1, noise(10, 2)))
      first.send(chunk(5, noise(10, 3)), chunk(7, noise(10, 4), { take: 2 }))
      await first.until('ack 0/0', 'ack 0/1', 'ack 0/5', 'ack 2/7')
      first.close()
      const again = await bed.greet(made)
      const { have } = await again.nextJson<WelcomeBody>(TYPE.WELCOME)
      expect(have).toEqual({
        '0': [
          [0, 1],
          [5, 5],
        ],
        '2': [[7, 7]],
      })
    })

    test('comes to two connections of the same recording alike', async () => {
      const made = await bed.http.create()
      const [one, two] = await Promise.all([bed.greet(made), bed.greet(made)])
      one.send(take(0), chunk(0, noise(10, 1)))
      await one.until('ack 0/0')
      two.send(take(0), chunk(0, noise(10, 1)), chunk(1, noise(10, 2)))
      await two.until('take 0', 'ack 0/0', 'ack 0/1')
      expect(await bed.stored(made)).toEqual(['0/0', '0/1'])
    })
  })

  describe('rule 9: unknown fields and flags', () => {
    test('are ignored in every frame', async () => {
      const made = await bed.http.create()
      const socket = await bed.open(made.id)
      const { id: recording, token } = made
      const future = { v: 1, recording, token, compression: 'none', nested: { a: [1] } }
      socket.send(json(TYPE.HELLO, future, { flags: 0xff }))
      const startedAt = '2026-01-02T03:04:05Z'
      socket.send(
        json(TYPE.TAKE, { mimeType: 'video/webm', startedAt, init: null, x: 1 }, { flags: 0xfe }),
        chunk(0, noise(10, 1), { flags: 0xfe }),
        json(TYPE.FINISH, { takes: [{ take: 0, chunks: 1, y: 2 }], reason: 'user', z: 3 }),
      )
      await socket.until('take 0', 'ack 0/0', 'finish')
    })
  })

  describe('rule 9: a HELLO is answered with ERROR and a close code', () => {
    const cases: [string, number, string, (made: Made) => Bytes][] = [
      [
        'of another protocol version',
        4400,
        'version_unsupported',
        ({ id, token }) => json(TYPE.HELLO, { v: 2, recording: id, token }),
      ],
      [
        'for another recording than the path',
        4400,
        'bad_frame',
        ({ token }) => hello(randomUUID(), token),
      ],
      [
        'with a wrong token',
        4401,
        'token_invalid',
        ({ id }) => hello(id, randomBytes(24).toString('base64url')),
      ],
      ['without a token', 4401, 'token_invalid', ({ id }) => hello(id)],
      ['that is no JSON', 4400, 'bad_frame', () => wire(TYPE.HELLO, noise(40, 1))],
      ['that is JSON but no HELLO', 4400, 'bad_frame', () => json(TYPE.HELLO, [1, 2])],
      ['that is empty', 4400, 'bad_frame', () => wire(TYPE.HELLO, new Uint8Array(0))],
      ['that is a CHUNK', 4400, 'bad_frame', () => chunk(0, noise(10, 1))],
      ['that is a PING', 4400, 'bad_frame', () => ping()],
      ['that is shorter than a head', 4400, 'bad_frame', () => noise(7, 1)],
    ]
    // A stream has no path: its HELLO alone names the recording.
    const inPath = cases.filter(([what]) => !over || what !== 'for another recording than the path')
    test.each(inPath)('%s', async (_, close, code, make) => {
      const made = await bed.http.create()
      const socket = await bed.open(made.id)
      socket.send(make(made))
      expect(await failure(socket)).toEqual({
        code,
        message: expect.any(String),
        retry: false,
      })
      expect(await socket.closed()).toBe(close)
      expect(socket.frames.map((one) => one.type)).toEqual([TYPE.ERROR])
      expect(await bed.stored(made)).toEqual([])
    })

    test('for a recording that never was', async () => {
      const id = randomUUID()
      const socket = await bed.open(id)
      socket.send(hello(id, randomBytes(24).toString('base64url')))
      expect(await failure(socket)).toMatchObject({ code: 'recording_unknown', retry: false })
      expect(await socket.closed()).toBe(4404)
    })

    test('for a recording that was deleted', async () => {
      const made = await bed.http.create({ tokenMayDelete: true })
      const { status } = await bed.http.call('DELETE', `/api/recordings/${made.id}`, null, {
        Authorization: `Bearer ${made.token}`,
      })
      expect(status).toBe(200)
      const socket = await bed.open(made.id)
      socket.send(hello(made.id, made.token))
      expect(await failure(socket)).toMatchObject({ code: 'recording_deleted', retry: false })
      expect(await socket.closed()).toBe(4410)
    })

    test('with the token of another recording (I12)', async () => {
      const [mine, other] = [await bed.http.create(), await bed.http.create()]
      const socket = await bed.open(other.id)
      socket.send(hello(other.id, mine.token))
      expect(await failure(socket)).toMatchObject({ code: 'token_invalid' })
      expect(await socket.closed()).toBe(4401)
    })
  })

  describe('rule 9: later frames that end the connection, while what was acked stays', () => {
    const cases: [string, string, (socket: WireConnection) => void][] = [
      ['of an unknown type', 'bad_frame', (socket) => socket.send(wire(0x7f, noise(5, 1)))],
      ['of a server’s type', 'bad_frame', (socket) => socket.send(wire(TYPE.ACK, noise(0, 1)))],
      ['shorter than a head', 'bad_frame', (socket) => socket.send(noise(3, 1))],
      ['a second HELLO', 'bad_frame', (socket) => socket.send(hello(randomUUID(), 'x'))],
      [
        'a CHUNK without its fixed part',
        'bad_frame',
        (socket) => socket.send(wire(TYPE.CHUNK, noise(39, 1), { seq: 1 })),
      ],
      [
        'a TAKE that is no JSON',
        'bad_frame',
        (socket) => socket.send(wire(TYPE.TAKE, noise(20, 1), { take: 1 })),
      ],
      [
        'a FINISH that is no FINISH',
        'bad_frame',
        (socket) => socket.send(json(TYPE.FINISH, { takes: [{ take: -1, chunks: 'many' }] })),
      ],
      [
        'a CHECK that is no sha256',
        'bad_frame',
        (socket) => socket.send(wire(TYPE.CHECK, noise(31, 1))),
      ],
    ]
    test.each(cases)('%s', async (_, code, act) => {
      const made = await bed.http.create()
      const socket = await bed.greet(made)
      socket.send(take(0), chunk(0, noise(10, 1)))
      await socket.until('ack 0/0')
      act(socket)
      expect(await failure(socket)).toMatchObject({ code, retry: false })
      expect(await socket.closed()).toBe(4400)
      expect(await bed.stored(made)).toEqual(['0/0'])
    })

    // A stream has no text.
    const onSocket = over ? [] : ['that are text']
    test.each(onSocket)('%s', async () => {
      const made = await bed.http.create()
      const socket = await WireSocket.greet(bed.url, made)
      expect(socket.protocol).toBe('holdfast.v1')
      socket.sendText('{"type":"chunk"}')
      expect(await failure(socket)).toMatchObject({ code: 'bad_frame', retry: false })
      expect(await socket.closed()).toBe(4400)
    })

    test('longer than a frame may be', async () => {
      const made = await bed.http.create()
      const socket = await bed.greet(made)
      socket.send(take(0), chunk(0, noise(10, 1)))
      await socket.until('ack 0/0')
      socket.send(wire(0x7e, new Uint8Array(4 * 2 ** 20 + 100)))
      expect(await failure(socket)).toMatchObject({ retry: false })
      expect(await socket.closed()).toBe(4400)
      expect(await bed.stored(made)).toEqual(['0/0'])
    })
  })
})
