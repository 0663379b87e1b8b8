import { randomBytes, randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import {
  check,
  chunk,
  digest,
  finish,
  hello,
  json,
  noise,
  ping,
  streamed,
  TYPE,
  take,
  wire,
} from '../support/wire-frames.ts'

const { slices } = loadTake('webm-vp8-opus-ts1000-30s')

describe.each(RUNTIMES)('POST …/frames on %s', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
  })
  afterAll(() => bed.stop())

  describe('takes a frame stream', () => {
    test('with the token in HELLO, and lists what is acked', async () => {
      const made = await bed.http.create()
      const body = streamed(hello(made.id, made.token), take(0), chunk(0, noise(10, 1)), ping(3))
      const { status, body: answer } = await bed.http.frames(made, body)
      expect({ status, answer }).toMatchObject({
        status: 200,
        answer: { status: 'recording', version: 0, acks: [[0, 0]], nacks: [], missing: {} },
      })
      expect(await bed.stored(made)).toEqual(['0/0'])
    })

    test('with the token in the header, with and without HELLO', async () => {
      const made = await bed.http.create()
      const { id, token } = made
      const first = await bed.http.frames(made, streamed(take(0)), { token })
      expect(first.status).toBe(200)
      const body = streamed(hello(id), chunk(0, noise(10, 1)))
      expect((await bed.http.frames(made, body, { token })).body.acks).toEqual([[0, 0]])
    })

    test('of any content type, text/plain too, as a beacon sends it', async () => {
      const made = await bed.http.create()
      const body = streamed(
        hello(made.id, made.token),
        take(0),
        chunk(0, slices[0] ?? noise(0, 0)),
        finish([1], 'pagehide'),
      )
      const type = 'text/plain;charset=UTF-8'
      const { status, body: answer } = await bed.http.frames(made, body, { type })
      expect({ status, acks: answer.acks }).toEqual({ status: 200, acks: [[0, 0]] })
      expect(await bed.http.untilStatus(made, 'ready')).toMatchObject({ reason: 'pagehide' })
      const [row] = await bed.sql`select transport from chunks where recording_id = ${made.id}`
      expect(row?.transport).toBe('beacon')
    })

    test('with many chunks, more than a window, and finalizes after its FINISH', async () => {
      const made = await bed.http.create()
      const seqs = Array.from({ length: 90 }, (_, seq) => seq)
      const frames = [hello(made.id, made.token), take(0), finish([90])]
      frames.splice(2, 0, ...seqs.map((seq) => chunk(seq, slices[seq] ?? noise(0, 0))))
      const { body } = await bed.http.frames(made, streamed(...frames))
      expect(body.acks.map(([, seq]) => seq).sort((a, b) => a - b)).toEqual(seqs)
      expect(await bed.http.untilStatus(made, 'ready')).toMatchObject({ reason: 'stop' })
    })

    test('and names the holes of a stop', async () => {
      const made = await bed.http.create()
      const body = streamed(hello(made.id, made.token), take(0), chunk(1, noise(5, 1)), finish([4]))
      const { body: answer } = await bed.http.frames(made, body)
      expect(answer.missing).toEqual({
        '0': [
          [0, 0],
          [2, 3],
        ],
      })
    })

    test('and lists refusals beside acks', async () => {
      const made = await bed.http.create()
      const body = streamed(
        hello(made.id, made.token),
        take(0),
        chunk(0, noise(10, 1)),
        chunk(1, noise(10, 2), { sha256: digest(noise(10, 3)) }),
        chunk(0, noise(10, 4)),
        chunk(0, noise(10, 5), { take: 7 }),
        check(0, 5, digest(noise(10, 1))),
      )
      const { status, body: answer } = await bed.http.frames(made, body)
      expect(status).toBe(200)
      const nacks = answer.nacks.map(({ take: of, seq, code, retry }) => [of, seq, code, retry])
      expect(nacks).toHaveLength(4)
      expect(nacks).toEqual(
        expect.arrayContaining([
          [0, 1, 'digest_mismatch', true],
          [0, 0, 'chunk_conflict', false],
          [7, 0, 'take_unknown', true],
          [0, 5, 'not_stored', true],
        ]),
      )
      expect(answer.acks).toEqual([[0, 0]])
    })

    test('that is empty, and says where the recording stands', async () => {
      const made = await bed.http.create()
      const { token } = made
      const { status, body } = await bed.http.frames(made, streamed(), { token })
      expect({ status, body }).toMatchObject({ status: 200, body: { status: 'recording' } })
    })

    test('I11: sent twice at once stores each chunk once and acks both', async () => {
      const made = await bed.http.create()
      const seqs = Array.from({ length: 10 }, (_, seq) => seq)
      const body = streamed(
        hello(made.id, made.token),
        take(0),
        ...seqs.map((seq) => chunk(seq, noise(500, seq))),
      )
      const answers = await Promise.all([bed.http.frames(made, body), bed.http.frames(made, body)])
      for (const answer of answers) expect(answer.body.acks).toHaveLength(10)
      expect(await bed.stored(made)).toHaveLength(10)
    })
  })

  describe('refuses', () => {
    const random = () => randomBytes(24).toString('base64url')

    test.each([
      ['a wrong token in HELLO', 401, 'token_invalid', (id: string) => hello(id, random())],
      ['no token at all', 401, 'token_invalid', (id: string) => hello(id)],
      ['a CHUNK before any token', 401, 'token_invalid', () => chunk(0, noise(10, 1))],
      ['a HELLO for another recording', 400, 'bad_frame', () => hello(randomUUID(), random())],
      ['another version', 400, 'version_unsupported', () => json(TYPE.HELLO, { v: 9 })],
    ])('%s', async (_, status, code, first) => {
      const made = await bed.http.create()
      const answer = await bed.http.frames(made, streamed(first(made.id), take(0)))
      expect(answer.status).toBe(status)
      expect(answer.body.error).toMatchObject({ code, retry: false })
      expect(await bed.stored(made)).toEqual([])
    })

    test('a wrong token in the header', async () => {
      const made = await bed.http.create()
      const answer = await bed.http.frames(made, streamed(take(0)), { token: random() })
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'token_invalid' } } })
    })

    test('a recording that never was', async () => {
      const made = { id: randomUUID() }
      const answer = await bed.http.frames(made, streamed(take(0)), { token: random() })
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'recording_unknown' } } })
    })

    test.each([
      ['a frame of an unknown type', 400, 'bad_frame', () => streamed(wire(0x55, noise(9, 1)))],
      ['a frame shorter than its head', 400, 'bad_frame', () => streamed(noise(7, 1))],
      ['a body that ends inside a frame', 400, 'bad_frame', () => streamed(ping()).slice(0, -3)],
      ['a body that ends inside a length', 400, 'bad_frame', () => noise(2, 1)],
      [
        'a frame longer than it may be',
        413,
        'frame_too_large',
        () => new Uint8Array([0x7f, 0xff, 0xff, 0xff, 3, 0]),
      ],
    ])('%s, and still lists what was stored before it', async (_, status, code, tail) => {
      const made = await bed.http.create()
      const good = streamed(hello(made.id, made.token), take(0), chunk(0, noise(10, 1)))
      const body = new Uint8Array(Buffer.concat([good, tail()]))
      const answer = await bed.http.frames(made, body)
      expect(answer.status).toBe(status)
      expect(answer.body.error).toMatchObject({ code, retry: false })
      expect(answer.body.acks).toEqual([[0, 0]])
      expect(await bed.stored(made)).toEqual(['0/0'])
    })

    test('a body that is longer than it may be, and still lists what was stored before', async () => {
      const made = await bed.http.create()
      const many = Array.from({ length: 18 }, (_, seq) => chunk(seq, noise(1_000_000, seq)))
      const body = streamed(hello(made.id, made.token), take(0), ...many)
      const answer = await bed.http.frames(made, body)
      expect(answer.status).toBe(413)
      expect(answer.body.error).toMatchObject({ code: 'body_too_large', retry: false })
      const stored = await bed.stored(made)
      expect(stored.length).toBeGreaterThan(10)
      expect(answer.body.acks.map(([of, seq]) => `${of}/${seq}`).sort()).toEqual(stored.sort())
    })
  })

  test('a connection that is cut in the middle of its body keeps what arrived whole', async () => {
    const made = await bed.http.create()
    const body = streamed(
      hello(made.id, made.token),
      take(0),
      chunk(0, noise(5000, 1)),
      chunk(1, noise(5000, 2)),
    )
    const { hostname, port, host } = new URL(bed.url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => socket.destroy())
    const head = `POST /api/recordings/${made.id}/frames HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n`
    socket.write(head)
    socket.write(body.slice(0, -100))
    await waitFor('the first chunk', async () => (await bed.stored(made)).length === 1)
    socket.destroy()
    const { body: again } = await bed.http.frames(made, body)
    expect(again.acks).toHaveLength(2)
    expect(await bed.stored(made)).toEqual(['0/0', '0/1'])
  })
})
