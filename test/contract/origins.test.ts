// Websites must not reach into a local server: Host, Origin and Sec-Fetch-Site on the real server, byte for
// byte as a browser sends them; and the pages of configured origins must be able to record and to play.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RUNTIMES, type ServerProcess, startServer } from '../support/server.ts'
import { bearer, type Made, WireHttp } from '../support/wire-client.ts'

const APP = 'https://app.example.com'

/** One HTTP request in plain text; resolves with the head of the answer. */
function raw(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname)
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => {
      text += part
      if (!text.includes('\r\n\r\n')) return
      socket.destroy()
      resolve(text)
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  })
}

const statusOf = (answer: string): number => Number(answer.split(' ')[1])

describe.each(RUNTIMES)('on %s', (runtime) => {
  let server: ServerProcess
  let http: WireHttp
  let made: Made
  let port: string

  beforeAll(async () => {
    server = await startServer({ runtime, env: { HOLDFAST_ORIGINS: APP } })
    http = new WireHttp(server.url)
    made = await http.create()
    port = new URL(server.url).port
  })
  afterAll(() => server.stop())

  it.each(['evil.example', 'localhost.evil.example', 'evil.example:3000'])(
    'refuses the host name %s on every path',
    async (host) => {
      for (const path of ['/', '/api/recordings', '/healthz', '/metrics', '/nothing']) {
        const answer = await raw(server.url, [`GET ${path} HTTP/1.1`, `Host: ${host}`])
        expect([path, statusOf(answer)]).toEqual([path, 403])
      }
    },
  )

  it('refuses a target that names another host', async () => {
    const answer = await raw(server.url, [
      'GET http://evil.example/api/recordings HTTP/1.1',
      'Host: evil.example',
    ])
    expect(statusOf(answer)).toBe(403)
  })

  it.each(['localhost', '127.0.0.1', '[::1]'])('answers to %s', async (name) => {
    const answer = await raw(server.url, [`GET /api/recordings HTTP/1.1`, `Host: ${name}:${port}`])
    expect(statusOf(answer)).toBe(200)
  })

  const upgrade = (headers: readonly string[], path = `/api/recordings/${made.id}/socket`) =>
    raw(server.url, [
      `GET ${path} HTTP/1.1`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    ])

  it('upgrades a socket for its own origin and the configured one only', async () => {
    const host = `Host: localhost:${port}`
    for (const origin of [`http://localhost:${port}`, APP]) {
      expect(statusOf(await upgrade([host, `Origin: ${origin}`]))).toBe(101)
    }
    expect(statusOf(await upgrade([host]))).toBe(101)
    for (const origin of ['https://evil.example', 'http://localhost:1', 'null']) {
      expect(statusOf(await upgrade([host, `Origin: ${origin}`]))).toBe(403)
    }
    expect(statusOf(await upgrade(['Host: evil.example']))).toBe(403)
  })

  it('upgrades only at a recording’s address', async () => {
    const host = `Host: localhost:${port}`
    expect(statusOf(await upgrade([host], '/api/recordings/../socket'))).toBe(404)
    expect(statusOf(await upgrade([host], '/api/recordings/x/socket'))).toBe(404)
    const plain = await fetch(`${server.url}/api/recordings/${made.id}/socket`)
    expect(plain.status).toBe(400)
  })

  it('names the subprotocol where it was offered, wherever in the list', async () => {
    const host = `Host: localhost:${port}`
    const offered = await upgrade([host, 'Sec-WebSocket-Protocol: other, holdfast.v1'])
    expect(offered.toLowerCase()).toContain('sec-websocket-protocol: holdfast.v1\r\n')
    const bare = await upgrade([host])
    expect(bare.toLowerCase()).not.toContain('sec-websocket-protocol')
  })

  it('survives upgrade requests that are garbage', async () => {
    for (const target of ['//', 'http://[', '/%', '/api/recordings/%zz/socket', '*']) {
      await upgrade([`Host: localhost:${port}`], target)
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })

  it('refuses a simple POST and a form of another site', async () => {
    const simple = { 'Content-Type': 'text/plain', Origin: 'https://evil.example' }
    for (const path of ['/api/recordings', `/api/recordings/${made.id}/stop`, '/api/permits']) {
      const answer = await http.call('POST', path, '{}', simple)
      expect([answer.status, answer.body.error]).toMatchObject([403, { code: 'origin_refused' }])
    }
    const noOrigin = { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'text/plain' }
    expect((await http.call('POST', '/api/recordings', '{}', noOrigin)).status).toBe(403)
  })

  it('refuses to be embedded by another site, except by a signed link', async () => {
    await http.put(made, { take: 0, seq: 0 }, Buffer.from('media'))
    const { body } = await http.call<{ mediaUrl: string }>('GET', `/api/recordings/${made.id}`)
    const embedded = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }
    const bare = `/api/recordings/${made.id}/media`
    expect((await http.call('GET', bare, null, embedded)).status).toBe(403)
    expect((await http.call('GET', `${bare}?access=x`, null, embedded)).status).toBe(403)
    const linkOf = body.mediaUrl.slice(body.mediaUrl.indexOf('?'))
    for (const query of ['?access=x', linkOf]) {
      for (const list of [embedded, { ...embedded, 'Sec-Fetch-Mode': 'navigate' }]) {
        expect((await http.call('GET', `/api/recordings${query}`, null, list)).status).toBe(403)
      }
    }
    const linked = await http.call('GET', body.mediaUrl, null, embedded)
    expect(linked.status).toBe(200)
    expect(linked.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    const view = await http.call('GET', `/api/recordings/${made.id}`, null, embedded)
    expect(view.status).toBe(403)
    expect(view.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('lets a configured origin read answers and errors, with its preflight', async () => {
    const preflight = await http.call('OPTIONS', `/api/recordings/${made.id}/chunks/0/1`, null, {
      Origin: APP,
      'Access-Control-Request-Method': 'PUT',
      'Access-Control-Request-Headers': 'authorization,content-digest',
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe(APP)
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT')
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(
      'content-digest',
    )
    const headers = { Origin: APP, 'Sec-Fetch-Site': 'cross-site' }
    const good = await http.put(made, { take: 0, seq: 1 }, Buffer.from('x'), headers)
    expect([good.status, good.headers.get('access-control-allow-origin')]).toEqual([201, APP])
    const bad = await http.call('GET', '/api/recordings/x', null, headers)
    expect([bad.status, bad.headers.get('access-control-allow-origin')]).toEqual([404, APP])
    expect(bad.headers.get('vary')).toContain('Origin')
    expect(bad.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it('gives no CORS header to any other origin', async () => {
    const preflight = await http.call('OPTIONS', '/api/recordings', null, {
      Origin: 'https://evil.example',
      'Access-Control-Request-Method': 'POST',
    })
    expect(preflight.status).toBe(403)
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('a server with keys', () => {
  let server: ServerProcess
  let http: WireHttp
  const admin = 'the-admin-key'
  const key = 'one-api-key'

  beforeAll(async () => {
    server = await startServer({
      env: { HOLDFAST_ADMIN_KEY: admin, HOLDFAST_API_KEYS: `x,${key}` },
    })
    http = new WireHttp(server.url)
  })
  afterAll(() => server.stop())

  const create = (token: string | null, parts: object = {}) =>
    http.call<Made>('POST', '/api/recordings', JSON.stringify(parts), bearer(token))
  const get = async (path: string, token: string | null) =>
    (await http.call('GET', path, null, bearer(token))).status

  it('keeps each call to those who may make it', async () => {
    expect((await create(null)).status).toBe(401)
    expect((await create('wrong')).status).toBe(401)
    const { status, body: made } = await create(key)
    expect(status).toBe(201)
    const path = `/api/recordings/${made.id}`
    expect([await get(path, null), await get(path, made.token)]).toEqual([401, 200])
    expect([await get(path, key), await get(path, admin)]).toEqual([401, 200])
    const lists = [null, key, made.token, admin].map((token) => get('/api/recordings', token))
    expect(await Promise.all(lists)).toEqual([401, 403, 403, 200])
    const scrapes = [null, key, admin].map((token) => get('/metrics', token))
    expect(await Promise.all(scrapes)).toEqual([401, 403, 200])
    const streams = [null, key, made.token].map((token) => get('/api/events', token))
    expect(await Promise.all(streams)).toEqual([401, 403, 403])
    const remove = (token: string | null) => http.call('DELETE', path, null, bearer(token))
    expect((await remove(null)).status).toBe(401)
    expect((await remove(made.token)).status).toBe(403)
    expect((await remove(admin)).status).toBe(200)
    const own = (await create(key, { tokenMayDelete: true })).body
    const gone = await http.call('DELETE', `/api/recordings/${own.id}`, null, bearer(own.token))
    expect(gone.status).toBe(200)
    expect((await http.call('GET', '/healthz')).status).toBe(200)
  })

  it('hands permits to browsers, which create with them and nothing else', async () => {
    const ask = (token: string | null, body: object = {}) =>
      http.call<{ permit: string; expiresAt: string }>(
        'POST',
        '/api/permits',
        JSON.stringify(body),
        bearer(token),
      )
    expect((await ask(null)).status).toBe(401)
    const { status, body } = await ask(key, { owner: 'anna', lifetimeMs: 60_000 })
    expect(status).toBe(201)
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now())
    expect((await create(body.permit)).status).toBe(201)
    expect((await ask(body.permit)).status).toBe(403)
    expect(await get('/api/recordings', body.permit)).toBe(403)
    expect((await ask(key, { lifetimeMs: 1e12 })).status).toBe(400)
  })

  it('opens media, state and events of one recording to who has its link', async () => {
    const { body: made } = await create(key, { metadata: { secret: 'note' } })
    await http.put(made, { take: 0, seq: 0 }, Buffer.from('media'))
    const { body } = await http.call<{ mediaUrl: string }>(
      'GET',
      `/api/recordings/${made.id}`,
      null,
      bearer(made.token),
    )
    const access = new URL(body.mediaUrl, server.url).searchParams.get('access')
    expect(await get(body.mediaUrl, null)).toBe(200)
    const view = await http.call('GET', `/api/recordings/${made.id}?access=${access}`)
    expect(view.status).toBe(200)
    expect(JSON.stringify(view.body)).not.toContain('note')
    expect(String(view.body.mediaUrl)).toContain(`access=${access}`)
    const { body: other } = await create(key)
    expect(await get(`/api/recordings/${other.id}?access=${access}`, null)).toBe(403)
    expect(await get(`/api/events?recording=${other.id}&access=${access}`, null)).toBe(403)
    expect(await get(`/api/recordings?access=${access}`, null)).toBe(401)
  })

  it('never writes a token, a key or a link into its log', async () => {
    const text = JSON.stringify(server.logs) + server.stderr
    expect(text).toContain('recording created')
    for (const secret of [admin, key, 'access=read']) expect(text).not.toContain(secret)
  })
})
