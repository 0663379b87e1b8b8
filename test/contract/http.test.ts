// The calls about recordings (protocol §3) on the real server, on loopback without any key.
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RUNTIMES } from '../support/server.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer, type Made, WireHttp } from '../support/wire-client.ts'

type ErrorAnswer = { error: { code: string; message: string; retry: boolean } }

const newToken = () => randomBytes(24).toString('base64url')

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '10000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  const create = (body: unknown) =>
    http.call<{ id: string; token: string; status: string } & ErrorAnswer>(
      'POST',
      '/api/recordings',
      JSON.stringify(body),
    )

  describe('POST /api/recordings', () => {
    it('makes id and token where the client did not', async () => {
      const { status, body } = await create({})
      expect(status).toBe(201)
      expect(body).toMatchObject({ status: 'recording', expiresAt: null })
      expect(body.id).toMatch(/^[0-9a-f-]{36}$/)
      expect(body.token).toMatch(/^[\w-]{22,}$/)
    })

    it('takes an id in capitals, as some platforms write it, and means the same recording', async () => {
      const made = { id: randomUUID(), token: newToken() }
      const loud = { ...made, id: made.id.toUpperCase() }
      expect((await create(loud)).body).toMatchObject(made)
      expect((await create(made)).status).toBe(200)
      const { status, body } = await http.call<{ id: string }>('GET', `/api/recordings/${loud.id}`)
      expect([status, body.id]).toEqual([200, made.id])
    })

    it('can be repeated with the same id and token, and only with those', async () => {
      const made = { id: randomUUID(), token: newToken() }
      const repeats = await Promise.all([create(made), create(made), create(made)])
      expect(repeats.map(({ status }) => status).toSorted()).toEqual([200, 200, 201])
      for (const { body } of repeats) expect(body).toMatchObject(made)
      for (const other of [{ id: made.id, token: newToken() }, { id: made.id }]) {
        const { status, body } = await create(other)
        expect([status, body.error.code]).toEqual([409, 'recording_exists'])
      }
    })

    it.each([
      ['an id that is none', { id: '../../etc' }],
      ['a short token', { token: 'short' }],
      ['a token with other characters', { token: `${'a'.repeat(30)}!` }],
      ['a title that is too long', { title: 'x'.repeat(501) }],
      ['a title of another type', { title: 7 }],
      ['metadata that is no object', { metadata: 'x' }],
      ['metadata that is too large', { metadata: { x: 'x'.repeat(17_000) } }],
      ['a character that the database cannot keep', { title: 'a\0b' }],
      ['the same, deep in metadata', { metadata: { a: [{ 'b\0': 1 }] } }],
      ['half a surrogate pair', { metadata: { a: '\ud800' } }],
      ['a webhook that is no URL', { notify: { webhook: 'x' } }],
    ])('refuses %s', async (_what, parts) => {
      const { status, body } = await create(parts)
      expect([status, body.error?.code, body.error?.retry]).toEqual([400, 'bad_request', false])
    })

    it.each(['', '[]', 'null', '{"title":', '"text"'])(
      'answers the body %j with JSON',
      async (text) => {
        const { status, body } = await http.call<ErrorAnswer>('POST', '/api/recordings', text)
        expect([201, 400]).toContain(status)
        if (status === 400) expect(body.error.code).toBe('bad_request')
      },
    )

    it('refuses a body that is too large, and goes on', async () => {
      const { status, body } = await create({ title: 'x', padding: 'x'.repeat(100_000) })
      expect([status, body.error.code]).toEqual([413, 'body_too_large'])
    })
  })

  describe('GET /api/recordings', () => {
    it('lists newest first, page by page, each once', async () => {
      const ids: string[] = []
      for (let n = 0; n < 5; n += 1) ids.unshift((await http.create({ title: `t${n}` })).id)
      type Page = { recordings: { id: string; title: string }[]; next: string | null }
      const seen: string[] = []
      let next: string | null = ''
      while (next !== null) {
        const after: string = next === '' ? '' : `&after=${next}`
        const { body } = await http.call<Page>('GET', `/api/recordings?limit=2${after}`)
        expect(body.recordings.length).toBeLessThanOrEqual(2)
        seen.push(...body.recordings.map(({ id }) => id))
        ;({ next } = body)
      }
      expect(seen.filter((id) => ids.includes(id))).toEqual(ids)
      expect(new Set(seen).size).toBe(seen.length)
    })

    it('says of each how many takes it has, as the recording itself does', async () => {
      const made = await http.create()
      for (const take of [0, 4]) await http.put(made, { take, seq: 0 }, Buffer.from('bytes'))
      type Line = { id: string; takeCount: number; takes?: unknown }
      const { body } = await http.call<{ recordings: Line[] }>('GET', '/api/recordings?limit=5')
      const line = body.recordings.find(({ id }) => id === made.id)
      expect([line?.takeCount, line?.takes]).toEqual([2, undefined])
      expect((await http.view(made)).body).toMatchObject({ takeCount: 2 })
    })

    it('takes one status only', async () => {
      type Page = { recordings: { status: string }[] }
      const { body } = await http.call<Page>('GET', '/api/recordings?status=ready')
      expect(body.recordings.every(({ status }) => status === 'ready')).toBe(true)
    })

    it.each(['status=lost', 'limit=0', 'limit=x', 'after=garbage', 'after=%00'])(
      'refuses ?%s',
      async (query) => {
        const { status, body } = await http.call<ErrorAnswer>('GET', `/api/recordings?${query}`)
        expect([status, body.error.code]).toEqual([400, 'bad_request'])
      },
    )
  })

  describe('GET /api/recordings/{id}', () => {
    it('tells everything of a new recording', async () => {
      const metadata = { course: 'B2', seats: [1, 2] }
      const made = await http.create({ title: 'Gespräch', group: 'g1', metadata })
      const { status, body } = await http.view(made)
      expect(status).toBe(200)
      expect(body).toMatchObject({
        id: made.id,
        status: 'recording',
        version: 0,
        reason: null,
        title: 'Gespräch',
        group: 'g1',
        metadata,
        durationMs: null,
        bytes: 0,
        gaps: [],
        takes: [],
        takeCount: 0,
        versions: [],
        mediaUrl: null,
        graceMs: 10_000,
      })
      expect(JSON.stringify(body)).not.toContain(made.token)
    })

    it.each([
      ['an unknown id', randomUUID()],
      ['an id that is none', 'x'],
      ['a path', '..%2f..%2fetc%2fpasswd'],
      ['quotes', "'%20or%201=1"],
    ])('answers 404 for %s', async (_what, id) => {
      const { status, body } = await http.call<ErrorAnswer>('GET', `/api/recordings/${id}`)
      expect([status, body.error.code]).toEqual([404, 'recording_unknown'])
    })
  })

  describe('deleting', () => {
    it('hides at once and can be undone', async () => {
      const made = await http.create()
      await http.put(made, { take: 0, seq: 0 }, Buffer.from('bytes'))
      const path = `/api/recordings/${made.id}`
      const deleted = await http.call('DELETE', path)
      expect(deleted.status).toBe(200)
      const until = Date.parse(String(deleted.body.restoreUntil))
      expect(until - Date.parse(String(deleted.body.deletedAt))).toBe(30_000)
      expect(await http.call('DELETE', path)).toMatchObject({ status: 200, body: deleted.body })
      for (const hidden of [path, `${path}/media`]) {
        const { status, headers, body } = await http.call<ErrorAnswer>('GET', hidden)
        expect([status, body.error.code]).toEqual([410, 'recording_deleted'])
        // Without it a browser would answer 410 by itself after the deletion was undone.
        expect(headers.get('cache-control')).toBe('no-store')
      }
      const late = await http.put(made, { take: 0, seq: 1 }, Buffer.from('late'))
      expect([late.status, late.body.error?.code]).toEqual([410, 'recording_deleted'])
      const restored = await http.call('POST', `${path}/restore`)
      expect([restored.status, restored.body.id]).toEqual([200, made.id])
      expect((await http.view(made)).body).toMatchObject({ status: 'recording', chunks: 1 })
      expect((await http.call('POST', `${path}/restore`)).status).toBe(200)
    })

    it('keeps the id taken', async () => {
      const made = await http.create()
      await http.call('DELETE', `/api/recordings/${made.id}`)
      const { status, body } = await create(made)
      expect([status, body.error.code]).toEqual([410, 'recording_deleted'])
      expect((await create({ id: made.id })).status).toBe(409)
    })
  })

  it('finalizes when the admin says so', async () => {
    const made = await http.create()
    await http.put(made, { take: 0, seq: 0 }, Buffer.from('bytes'))
    const { status } = await http.call('POST', `/api/recordings/${made.id}/finalize`)
    expect(status).toBe(202)
    const view = await http.untilStatus(made, 'ready', 1)
    expect(view).toMatchObject({ reason: 'admin', version: 1 })
    expect((await http.call('POST', `/api/recordings/${made.id}/finalize`)).status).toBe(202)
    expect((await http.view(made)).body.versions).toHaveLength(1)
  })

  describe('what is not there', () => {
    it.each([
      ['GET', '/api/nothing', 404, 'not_found'],
      ['GET', '/nothing.js', 404, 'not_found'],
      ['PATCH', '/api/recordings', 405, 'method_not_allowed'],
      ['DELETE', '/api/events', 405, 'method_not_allowed'],
      ['POST', '/api/capabilities', 405, 'method_not_allowed'],
    ])('%s %s answers %i %s as JSON', async (method, path, status, code) => {
      const answer = await http.call<ErrorAnswer>(method, path)
      expect([answer.status, answer.body.error.code]).toEqual([status, code])
    })

    it.each(['media.mp4', 'thumbnail.jpg'])('%s of what has no media', async (name) => {
      const { id } = await http.create()
      const answer = await http.call<ErrorAnswer>('GET', `/api/recordings/${id}/${name}`)
      expect([answer.status, answer.body.error.code]).toEqual([404, 'no_media'])
    })
  })

  describe('chunks and stop', () => {
    it('still need the token where everyone on the machine is admin', async () => {
      const made = await http.create()
      const foreign = await http.create()
      for (const token of [foreign.token, newToken(), 'x']) {
        const wrong: Made = { id: made.id, token }
        expect((await http.put(wrong, { take: 0, seq: 0 }, Buffer.from('x'))).status).toBe(401)
        const stop = await http.call(
          'POST',
          `/api/recordings/${made.id}/stop`,
          '{"takes":[]}',
          bearer(token),
        )
        expect(stop.status).toBe(401)
      }
      expect((await http.view(made)).body).toMatchObject({ bytes: 0, status: 'recording' })
    })
  })

  it('answers the operators’ questions', async () => {
    expect((await http.call('GET', '/healthz')).body).toEqual({ status: 'ok' })
    expect(await http.call('GET', '/readyz')).toMatchObject({ status: 200, body: { ready: true } })
    const metrics = await fetch(`${bed.url}/metrics`)
    expect(metrics.headers.get('content-type')).toContain('text/plain')
    expect(await metrics.text()).toContain('holdfast_chunk_acked_total{transport="http"}')
    const docs = await fetch(`${bed.url}/docs`)
    expect(await docs.text()).toContain('/api/recordings/{id}/media')
  })

  it('never loads anything from elsewhere and never shows stored bytes as a document', async () => {
    const { headers } = await fetch(`${bed.url}/api/capabilities`)
    expect(headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
  })
})
