// Whatever is sent: the error of the table, nothing stored, the server alive.
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import type { Made } from '../support/wire-client.ts'
import { chunk, hello, noise, streamed, TYPE, take, wire } from '../support/wire-frames.ts'

const TRAVERSALS = [
  '..',
  '../..',
  '%2e%2e',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..%2f..%2fetc',
  '..%5c..',
  '%00',
  'a%00b',
  '....//....//etc',
  '%252e%252e%252f',
  '%c0%ae%c0%ae',
  '/etc/passwd',
  '%ff%fe',
  'A'.repeat(5000),
]

/** Every place in a path where something is filled in. */
const PLACES: [string, (part: string, made: Made) => string][] = [
  ['GET', (part) => `/api/recordings/${part}`],
  ['GET', (part) => `/api/recordings/${part}/media`],
  ['GET', (part, { id }) => `/api/recordings/${id}/media?version=${part}`],
  ['GET', (part) => `/api/recordings/${part}/socket`],
  ['POST', (part) => `/api/recordings/${part}/frames`],
  ['POST', (part) => `/api/recordings/${part}/stop`],
  ['POST', (part) => `/api/recordings/${part}/finalize`],
  ['PUT', (part) => `/api/recordings/${part}/chunks/0/0`],
  ['PUT', (part, { id }) => `/api/recordings/${id}/chunks/${part}/0`],
  ['PUT', (part, { id }) => `/api/recordings/${id}/chunks/0/${part}`],
  ['DELETE', (part) => `/api/recordings/${part}`],
  ['GET', (part) => `/${part}`],
]

describe.each(RUNTIMES)('hostile input on %s', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
  })
  afterAll(() => bed.stop())

  afterEach(async () => {
    expect((await bed.http.call('GET', '/healthz')).status).toBe(200)
  })

  /** A request exactly as written: no client tidies its path up. Resolves with the status line. */
  async function raw(method: string, path: string, { token }: Made): Promise<string> {
    const { hostname, port, host } = new URL(bed.url)
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text
    })
    socket.on('error', () => socket.destroy())
    const body = method === 'GET' || method === 'DELETE' ? '' : 'x'
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    )
    await once(socket, 'close')
    return answer
  }

  const filesOf = async () => (await readdir(bed.server.dataDir, { recursive: true })).sort()

  test.each(PLACES)('%s: no path reaches past its place (%s)', async (method, place) => {
    const made = await bed.http.create()
    const before = await filesOf()
    const [, page = ''] = (await raw('GET', '/', made)).split('\r\n\r\n')
    expect(page.length).toBeGreaterThan(20)
    for (const part of TRAVERSALS) {
      const answer = await raw(method, place(part, made), made)
      const status = Number(answer.split(' ')[1])
      // Where the URL's own rules lead out of /api they end at the page, which anyone may see.
      const isPage = status === 200 && answer.includes(page)
      expect({ part, ok: isPage || (status >= 400 && status < 500) }).toEqual({ part, ok: true })
      expect(answer).not.toContain('root:')
      expect(answer).not.toMatch(/at .+\.ts:\d+/)
    }
    expect(await filesOf()).toEqual(before)
    expect(await bed.stored(made)).toEqual([])
  })

  test('arbitrary messages on a socket end it, or are refused; nothing is stored', async () => {
    const made = await bed.http.create()
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 100 }))
        .map(([type, payload]) => wire(type, new Uint8Array(payload), { take: 1, seq: 2 })),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 6 }), async (messages) => {
        const socket = await bed.open(made.id)
        socket.send(hello(made.id, made.token), ...messages.map((one) => new Uint8Array(one)))
        await waitFor('an answer', () => socket.frames.length > 0, { everyMs: 5 })
        if (socket.isOpen) socket.close()
        expect([4400, 1000, 1005]).toContain(await socket.closed())
      }),
      { numRuns: 60 },
    )
    expect(await bed.stored(made)).toEqual([])
  })

  test('arbitrary bodies are refused, with what was good before them kept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (garbage) => {
        const made = await bed.http.create()
        const good = streamed(hello(made.id, made.token), take(0), chunk(0, noise(10, 1)))
        const body = new Uint8Array(Buffer.concat([good, garbage]))
        const { status } = await bed.http.frames(made, body)
        expect([200, 400, 413]).toContain(status)
        expect(await bed.stored(made)).toEqual(['0/0'])
      }),
      { numRuns: 60 },
    )
  })

  test('a HELLO full of surprises is refused', async () => {
    const made = await bed.http.create()
    const hellos = [
      `{"v":1,"recording":"${made.id}","token":{"$ne":null}}`,
      `{"v":1,"recording":["${made.id}"],"token":"${made.token}"}`,
      `{"v":"1","recording":"${made.id}","token":"${made.token}"}`,
      `{"__proto__":{"v":1},"recording":"${made.id}","token":"${made.token}"}`,
      'null',
      '[]',
      '"hello"',
      `{"v":1,${'"a":['.repeat(5000)}`,
      '\ud800',
    ]
    for (const text of hellos) {
      const socket = await bed.open(made.id)
      socket.send(wire(TYPE.HELLO, new Uint8Array(Buffer.from(text))))
      expect(await socket.closed()).toBe(4400)
    }
  })

  test('a TAKE full of surprises is refused, and the next one is taken', async () => {
    const made = await bed.http.create()
    const at = '2026-01-01T00:00:00Z'
    const takes = [
      { mimeType: 'a\r\nSet-Cookie: b', startedAt: at, init: null },
      { mimeType: 'x'.repeat(1000), startedAt: at, init: null },
      { mimeType: 'video/webm', startedAt: 'yesterday', init: null },
      { mimeType: 'video/webm', startedAt: '275760-09-13T00:00:00Z', init: null },
      { mimeType: 'video/webm', startedAt: at, init: '%%%' },
      { mimeType: 'video/webm\u0000', startedAt: at, init: null },
      { startedAt: at },
    ]
    for (const body of takes) {
      const socket = await bed.greet(made)
      socket.send(wire(TYPE.TAKE, new Uint8Array(Buffer.from(JSON.stringify(body)))))
      expect(await socket.closed()).toBe(4400)
    }
    const socket = await bed.greet(made)
    socket.send(take(0))
    await socket.until('take 0')
  })

  test('many connections that say nothing do not keep others out', async () => {
    const made = await bed.http.create()
    const silent = await Promise.all(Array.from({ length: 100 }, () => bed.open(made.id)))
    const socket = await bed.greet(made)
    socket.send(take(0), chunk(0, noise(10, 1)))
    await socket.until('ack 0/0')
    for (const one of silent) one.close()
  })
})
