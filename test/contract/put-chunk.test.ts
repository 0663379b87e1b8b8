import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { RUNTIMES } from '../support/server.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer, type Made } from '../support/wire-client.ts'
import { chunk, digest, finishBody, noise, streamed, take } from '../support/wire-frames.ts'

const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')

const contentDigest = (bytes: Uint8Array) =>
  `sha-256=:${Buffer.from(digest(bytes)).toString('base64')}:`

describe.each(RUNTIMES)('the simplest client on %s', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
  })
  afterAll(() => bed.stop())

  const stop = ({ id }: Pick<Made, 'id'>, body: unknown, headers: Record<string, string> = {}) =>
    bed.http.call<Record<string, unknown> & { error?: { code: string; retry: boolean } }>(
      'POST',
      `/api/recordings/${id}/stop`,
      typeof body === 'string' ? body : JSON.stringify(body),
      headers,
    )

  describe('PUT …/chunks/{take}/{seq}', () => {
    test('makes a recording of nothing but raw bytes and a stop', async () => {
      const made = await bed.http.create()
      for (const [seq, bytes] of slices.slice(0, 5).entries()) {
        const answer = await bed.http.put(made, { take: 0, seq }, bytes, {
          'Content-Type': mimeType,
        })
        expect(answer.status).toBe(201)
      }
      expect((await stop(made, finishBody([5]), bearer(made.token))).status).toBe(202)
      const view = await bed.http.untilStatus(made, 'ready')
      expect(view).toMatchObject({ version: 1, reason: 'stop', gaps: [] })
      expect(view.takes).toMatchObject([{ take: 0, mimeType, chunks: 5 }])
    })

    test('answers 201 for new bytes, 200 for the same, 409 for others under the number', async () => {
      const made = await bed.http.create()
      const at = { take: 3, seq: 7 }
      expect((await bed.http.put(made, at, noise(100, 1))).status).toBe(201)
      expect((await bed.http.put(made, at, noise(100, 1))).status).toBe(200)
      const conflict = await bed.http.put(made, at, noise(100, 2))
      expect(conflict).toMatchObject({
        status: 409,
        body: { error: { code: 'chunk_conflict', retry: false } },
      })
      expect(await bed.stored(made)).toEqual(['3/7'])
    })

    test('checks Content-Digest where it is given: 422, and nothing is stored', async () => {
      const made = await bed.http.create()
      const at = { take: 0, seq: 0 }
      const wrong = { 'Content-Digest': contentDigest(noise(100, 2)) }
      expect(await bed.http.put(made, at, noise(100, 1), wrong)).toMatchObject({
        status: 422,
        body: { error: { code: 'digest_mismatch', retry: true } },
      })
      expect(await bed.stored(made)).toEqual([])
      const right = { 'Content-Digest': `md5=:AAAA:, ${contentDigest(noise(100, 1))}` }
      expect((await bed.http.put(made, at, noise(100, 1), right)).status).toBe(201)
    })

    test('takes an empty chunk', async () => {
      const made = await bed.http.create()
      expect((await bed.http.put(made, { take: 0, seq: 0 }, noise(0, 0))).status).toBe(201)
      expect(await bed.stored(made)).toEqual(['0/0'])
    })

    test('creates its take once, whatever Content-Type later chunks have', async () => {
      const made = await bed.http.create()
      const put = (seq: number, type: string) =>
        bed.http.put(made, { take: 0, seq }, noise(10, seq), { 'Content-Type': type })
      const first = await Promise.all([put(0, 'video/webm'), put(1, 'audio/webm'), put(2, 'a/b')])
      expect(first.map((one) => one.status)).toEqual([201, 201, 201])
      const { takes } = (await bed.http.view(made)).body
      expect(takes).toHaveLength(1)
    })

    test.each([
      ['a take past its range', 65_536, 0],
      ['a seq past its range', 0, 2 ** 32],
      ['a negative seq', 0, -1],
      ['a fraction', '0.5', 0],
      ['an exponent', '1e1', 0],
      ['hexadecimal', '0x1', 0],
      ['words', 'zero', 'one'],
      ['a very long number', 0, '0'.repeat(3000)],
      ['a dot', '%2e', 0],
    ])('refuses %s', async (_, takeNumber, seq) => {
      const made = await bed.http.create()
      const answer = await bed.http.put(made, { take: takeNumber, seq }, noise(10, 1))
      expect([400, 404]).toContain(answer.status)
      expect(await bed.stored(made)).toEqual([])
    })

    test('takes the largest numbers there are', async () => {
      const made = await bed.http.create()
      const answer = await bed.http.put(made, { take: 65_535, seq: 0xffffffff }, noise(10, 1))
      expect(answer.status).toBe(201)
      expect(await bed.stored(made)).toEqual(['65535/4294967295'])
    })

    test('refuses what is too large, a wrong token, a foreign token and none', async () => {
      const [made, other] = [await bed.http.create(), await bed.http.create()]
      const at = { take: 0, seq: 0 }
      const large = await bed.http.put(made, at, noise(4 * 2 ** 20 + 1, 1))
      expect(large).toMatchObject({ status: 413, body: { error: { code: 'chunk_too_large' } } })
      for (const token of [randomBytes(24).toString('base64url'), other.token, 'short', '']) {
        const answer = await bed.http.put({ id: made.id, token }, at, noise(10, 1))
        expect(answer).toMatchObject({ status: 401, body: { error: { code: 'token_invalid' } } })
      }
      expect(await bed.stored(made)).toEqual([])
    })

    test('rule 3: answers 503 with Retry-After while nothing can be committed', async () => {
      const made = await bed.http.create()
      const at = { take: 0, seq: 0 }
      await bed.sql`alter table chunks add constraint away check (bytes <> 78) not valid`
      const refused = await bed.http.put(made, at, noise(78, 1))
      await bed.sql`alter table chunks drop constraint away`
      expect(refused).toMatchObject({
        status: 503,
        body: { error: { code: 'unavailable', retry: true } },
      })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await bed.stored(made)).toEqual([])
      expect((await bed.http.put(made, at, noise(78, 1))).status).toBe(201)
    })

    test('rule 6: answers 410 for a deleted recording, on every rung', async () => {
      const made = await bed.http.create({ tokenMayDelete: true })
      await bed.http.put(made, { take: 0, seq: 0 }, noise(10, 1))
      const path = `/api/recordings/${made.id}`
      expect((await bed.http.call('DELETE', path, null, bearer(made.token))).status).toBe(200)
      const { token } = made
      const answers = [
        await bed.http.put(made, { take: 0, seq: 1 }, noise(10, 2)),
        await bed.http.frames(made, streamed(take(0), chunk(1, noise(10, 2))), { token }),
        await stop(made, finishBody([1]), bearer(token)),
      ]
      for (const answer of answers) {
        expect(answer).toMatchObject({
          status: 410,
          body: { error: { code: 'recording_deleted', retry: false } },
        })
      }
    })

    test('is heard on the WebSocket of the same recording, and the other way round', async () => {
      const made = await bed.http.create()
      const socket = await bed.greet(made)
      for (const [seq, bytes] of slices.slice(0, 3).entries()) {
        await bed.http.put(made, { take: 0, seq }, bytes)
      }
      await stop(made, finishBody([3]), bearer(made.token))
      expect(await socket.event('ready')).toMatchObject({ version: 1, status: 'ready' })
    })
  })

  describe('POST …/stop', () => {
    test('takes the token in the body, as text/plain, as a beacon sends it', async () => {
      const made = await bed.http.create()
      await bed.http.put(made, { take: 0, seq: 0 }, slices[0] ?? noise(0, 0))
      const body = { ...finishBody([1], 'pagehide'), token: made.token }
      const answer = await stop(made, body, { 'Content-Type': 'text/plain;charset=UTF-8' })
      expect(answer.status).toBe(202)
      expect(await bed.http.untilStatus(made, 'ready')).toMatchObject({ reason: 'pagehide' })
    })

    test('answers what is missing', async () => {
      const made = await bed.http.create()
      await bed.http.put(made, { take: 0, seq: 2 }, noise(10, 1))
      const answer = await stop(made, finishBody([4]), bearer(made.token))
      expect(answer).toMatchObject({
        status: 202,
        body: {
          status: 'recording',
          missing: {
            '0': [
              [0, 1],
              [3, 3],
            ],
          },
        },
      })
    })

    test('I11: may be repeated', async () => {
      const made = await bed.http.create()
      await bed.http.put(made, { take: 0, seq: 0 }, slices[0] ?? noise(0, 0))
      for (let i = 0; i < 3; i++) {
        expect((await stop(made, finishBody([1]), bearer(made.token))).status).toBe(202)
      }
      await bed.http.untilStatus(made, 'ready')
      expect((await stop(made, finishBody([1]), bearer(made.token))).status).toBe(202)
      expect((await bed.http.view(made)).body.version).toBe(1)
    })

    test.each([
      ['what is no JSON', 400, 'bad_request', 'takes=all'],
      ['a FINISH without takes', 400, 'bad_request', { reason: 'user' }],
      ['takes that are no list', 400, 'bad_request', { takes: 'all' }],
      ['a negative total', 400, 'bad_request', { takes: [{ take: 0, chunks: -1 }] }],
      ['a total past 2^32', 400, 'bad_request', { takes: [{ take: 0, chunks: 2 ** 33 }] }],
      ['a reason that there is not', 400, 'bad_request', { takes: [], reason: 'bored' }],
    ])('refuses %s', async (_, status, code, body) => {
      const made = await bed.http.create()
      const answer = await stop(made, body, bearer(made.token))
      expect(answer).toMatchObject({ status, body: { error: { code, retry: false } } })
    })

    test('I12: refuses a wrong token and another recording’s, and stops nothing', async () => {
      const [made, other] = [await bed.http.create(), await bed.http.create()]
      for (const token of [other.token, randomBytes(24).toString('base64url'), '', undefined]) {
        const answer = await stop(made, { ...finishBody([1]), token })
        expect(answer).toMatchObject({ status: 401, body: { error: { code: 'token_invalid' } } })
      }
      const [row] = await bed.sql`select finished_at from recordings where id = ${made.id}`
      expect(row?.finished_at).toBeNull()
    })
  })
})
