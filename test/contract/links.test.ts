// A link for people opens exactly one recording, to look at, until it expires. On a server with keys, where nobody is
// reader or admin for being on the machine.
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SignedLinks } from '../../server/access/signed-links.ts'
import { SigningKey } from '../../server/access/signing-key.ts'
import { loadTake } from '../support/corpus.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer, type Made } from '../support/wire-client.ts'
import { hello, streamed } from '../support/wire-frames.ts'

const ADMIN = 'admin-of-this-test'
const API_KEY = 'key-of-this-test'
const SECRET = 'signs-the-links-of-this-test'
const HOUR_MS = 3_600_000

let bed: WireBed
beforeAll(async () => {
  bed = await WireBed.start('bun', {
    HOLDFAST_ADMIN_KEY: ADMIN,
    HOLDFAST_API_KEYS: API_KEY,
    HOLDFAST_URL_SECRET: SECRET,
  })
})
afterAll(() => bed.stop())

async function recorded(title: string): Promise<Made> {
  const made = { id: randomUUID(), token: randomBytes(24).toString('base64url') }
  const metadata = { customer: 'only for the owner' }
  const body = JSON.stringify({ ...made, title, metadata, tokenMayDelete: true })
  await bed.http.call('POST', '/api/recordings', body, bearer(API_KEY))
  const { slices } = loadTake('webm-vp8-opus-ts100-8s')
  for (const [seq, slice] of slices.entries()) await bed.http.put(made, { take: 0, seq }, slice)
  const stop = { token: made.token, takes: [{ take: 0, chunks: slices.length }], reason: 'user' }
  await bed.http.call('POST', `/api/recordings/${made.id}/stop`, JSON.stringify(stop))
  await bed.http.untilStatus(made, 'ready')
  return made
}

type Link = { url: string; expiresAt: string; error?: { code: string; message: string } }

const ask = ({ id }: Pick<Made, 'id'>, body: unknown, key: string | null) =>
  bed.http.call<Link>(
    'POST',
    `/api/recordings/${id}/links`,
    JSON.stringify(body),
    key === null ? {} : bearer(key),
  )

/** The right in a link that somebody was sent. */
async function sent(made: Made, hours = 1): Promise<string> {
  const { body } = await ask(made, { hours }, made.token)
  return new URL(body.url, bed.url).searchParams.get('access') ?? ''
}

const codeOf = ({ body }: { body: unknown }) => (body as Link).error?.code

const get = (path: string, access: string) =>
  bed.http.call('GET', `/api/${path}${path.includes('?') ? '&' : '?'}access=${access}`)

const READING = [
  '',
  '/media',
  '/story',
  '/receipt',
  '/thumbnail.jpg',
  '/media.mp4',
  '/waveform.json',
  '/posters.vtt',
  '/live',
]

test('is made by the admin and who recorded, for as long as they say', async () => {
  const made = await recorded('to be shown')
  for (const [key, hours] of [[ADMIN, 1] as const, [made.token, 168] as const]) {
    const before = Date.now()
    const { status, body, headers } = await ask(made, { hours }, key)
    expect(status).toBe(201)
    expect(body.url).toMatch(new RegExp(`^/recordings/${made.id}\\?access=[\\w.-]+$`))
    const lastsMs = Date.parse(body.expiresAt) - before
    expect(lastsMs).toBeGreaterThan(hours * HOUR_MS - 5_000)
    expect(lastsMs).toBeLessThanOrEqual(hours * HOUR_MS + 5_000)
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

test('opens everything that there is to see of its recording, and says when it ends', async () => {
  const made = await recorded('seen by link')
  const { body } = await ask(made, { hours: 24 }, made.token)
  const access = new URL(body.url, bed.url).searchParams.get('access') ?? ''
  for (const path of READING) {
    const { status, body: answer } = await get(`recordings/${made.id}${path}`, access)
    // Where nothing is recorded any more, and where it is still being made or cannot be.
    const expected = path === '/live' ? [404, 204, 200] : [200, 202, 501, 404]
    expect(expected, `${path}: ${JSON.stringify(answer)}`).toContain(status)
  }
  for (const path of ['', '/media', '/story', '/receipt']) {
    expect((await get(`recordings/${made.id}${path}`, access)).status, path).toBe(200)
  }
  const info = await get(`recordings/${made.id}`, access)
  expect(info.body).toMatchObject({ title: 'seen by link', linkExpiresAt: body.expiresAt })
  expect(JSON.stringify(info.body)).not.toContain('only for the owner')
  const { mediaUrl } = info.body as { mediaUrl: string }
  expect(new URL(mediaUrl, bed.url).searchParams.get('access')).toBe(access)
})

test('the page behind it is served to who comes from another website', async () => {
  const made = await recorded('sent in a message')
  const { body } = await ask(made, { hours: 1 }, made.token)
  const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }
  const page = await fetch(new URL(body.url, bed.url), { headers })
  expect(page.status).not.toBe(403)
  expect(page.headers.get('referrer-policy')).toBe('same-origin')
})

test('changes nothing, and lists nothing', async () => {
  const made = await recorded('not to be touched')
  const access = await sent(made)
  const before = (await bed.http.view(made)).body
  const self = `/api/recordings/${made.id}`
  const attempts: [method: string, path: string, body?: BodyInit][] = [
    ['PATCH', self, JSON.stringify({ title: 'taken over' })],
    ['DELETE', self],
    ['POST', `${self}/restore`],
    ['POST', `${self}/finalize`],
    ['POST', `${self}/links`, JSON.stringify({ hours: 168 })],
    ['POST', `${self}/jobs/export`],
    ['DELETE', `${self}/jobs/thumbnail`],
    ['PUT', `${self}/chunks/0/99`, 'bytes'],
    ['POST', `${self}/stop`, JSON.stringify({ takes: [{ take: 0, chunks: 500 }] })],
    ['POST', `${self}/frames`, streamed(hello(made.id, access))],
    ['GET', '/api/recordings'],
    ['GET', '/api/events'],
    ['GET', '/api/groups/any'],
    ['GET', '/api/status'],
    ['GET', `${self}/deliveries`],
    ['POST', '/api/permits'],
  ]
  for (const [method, path, body = null] of attempts) {
    const { status } = await bed.http.call(method, `${path}?access=${access}`, body)
    expect([400, 401, 403], `${method} ${path}: ${status}`).toContain(status)
    // Nor as a bearer, which it is not.
    const asBearer = await bed.http.call(method, path, body, bearer(access))
    expect([400, 401, 403], `${method} ${path} as a bearer: ${asBearer.status}`).toContain(
      asBearer.status,
    )
  }
  const { body: after } = await bed.http.view(made)
  const { title, version, generation } = after as unknown as Record<string, unknown>
  expect({ title, version, generation }).toEqual({
    title: 'not to be touched',
    version: before.version,
    generation: (before as unknown as Record<string, unknown>).generation,
  })
})

test('opens no other recording, not when it was changed, and not when it has expired', async () => {
  const [made, other] = [await recorded('one'), await recorded('another')]
  const access = await sent(made)
  const [scope = '', expiry = '', keyId = '', signature = ''] = access.split('.')
  const later = (Number.parseInt(expiry, 36) + 86_400).toString(36)
  const anHourAgo = new SignedLinks(SigningKey.fromText(SECRET), () => Date.now() - 3_601_000)
  const old = new URL(anHourAgo.pageLink(made.id, 1).url, bed.url).searchParams.get('access') ?? ''
  const justNow = new SignedLinks(SigningKey.fromText(SECRET), () => Date.now() - 3_500_000)
  const fresh = new URL(justNow.pageLink(made.id, 1).url, bed.url).searchParams.get('access') ?? ''
  expect((await get(`recordings/${made.id}`, fresh)).status).toBe(200)
  const otherKey = new SignedLinks(SigningKey.fromText('another secret'))
  const bad: [what: string, id: string, access: string][] = [
    ['another recording', other.id, access],
    ['prolonged', made.id, [scope, later, keyId, signature].join('.')],
    ['another scope', made.id, ['write', expiry, keyId, signature].join('.')],
    ['a changed signature', made.id, `${access.slice(0, -2)}AA`],
    ['no signature', made.id, [scope, expiry, keyId].join('.')],
    ['another secret', made.id, otherKey.grant(made.id)],
    ['expired', made.id, old],
    ['nothing', made.id, ''],
  ]
  for (const [what, id, right] of bad) {
    for (const path of READING) {
      const answer = await get(`recordings/${id}${path}`, right)
      expect(answer.status, `${what}: ${path}`).toBe(403)
      expect(codeOf(answer), `${what}: ${path}`).toBe('link_expired')
    }
  }
})

test.each([[{}], [{ hours: 0 }], [{ hours: 169 }], [{ hours: 1.5 }], [{ hours: '24' }]])(
  'is not made from %j',
  async (body) => {
    const made = await recorded('asked wrongly')
    const answer = await ask(made, body, ADMIN)
    expect(answer.status).toBe(400)
    expect(answer.body.error?.message).toContain('hours')
  },
)

test('is not made for strangers, nor of what was deleted', async () => {
  const made = await recorded('private')
  expect((await ask(made, { hours: 1 }, null)).status).toBe(401)
  expect((await ask(made, { hours: 1 }, API_KEY)).status).toBe(401)
  expect((await ask({ id: randomUUID() }, { hours: 1 }, ADMIN)).status).toBe(404)
  const access = await sent(made)
  await bed.http.call('DELETE', `/api/recordings/${made.id}`, null, bearer(ADMIN))
  expect((await ask(made, { hours: 1 }, ADMIN)).status).toBe(410)
  for (const path of ['', '/media', '/story', '/receipt']) {
    expect((await get(`recordings/${made.id}${path}`, access)).status, path).toBe(410)
  }
})

test('is in no line of the log', async () => {
  const made = await recorded('not told')
  const access = await sent(made)
  await get(`recordings/${made.id}`, access)
  await get(`recordings/${made.id}/media`, `${access}x`)
  const lines = bed.server.logs.map((line) => JSON.stringify(line)).join('\n')
  expect(lines).toContain('link made')
  expect(lines).not.toContain(access.split('.')[3])
})
