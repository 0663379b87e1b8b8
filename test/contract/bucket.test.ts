// Servers whose media bytes lie in a bucket: one on Bun takes and makes, one on Node with a folder of its own serves.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg } from '../support/ffmpeg.ts'
import { mediaViolations } from '../support/invariants.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { envOf, FakeS3, type Fault, isGet, isPut } from '../support/s3/fake-s3.ts'
import { RUNTIMES, type Runtime, type ServerProcess, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { urlOf, WireBed } from '../support/wire-bed.ts'
import { bearer, type Made, WireHttp } from '../support/wire-client.ts'
import { chunk, finish, take } from '../support/wire-frames.ts'

const { slices } = loadTake('webm-vp8-opus-ts1000-30s')
const ENV = { HOLDFAST_COMPACT_AFTER_MS: '1', HOLDFAST_KEEP_REPLACED_MS: '1000' }
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('a recording in a bucket', () => {
  let fake: FakeS3
  let bed: WireBed
  let other: ServerProcess

  beforeAll(async () => {
    fake = await FakeS3.listen()
    bed = await WireBed.start('bun', { ...ENV, ...envOf(fake) })
    const env = { ...envOf(fake), DATABASE_URL: bed.databaseUrl, HOLDFAST_JOBS: '0' }
    const idle = { HOLDFAST_FFMPEG: 'off', HOLDFAST_COMPACT_AFTER_MS: '0' }
    other = await startServer({ runtime: 'node', env: { ...env, ...idle } })
  })
  afterAll(async () => {
    await other.stop()
    await bed.stop()
    await fake.close()
  })

  const names = ({ id }: Made) =>
    [...fake.bucket.objects.keys()]
      .filter((key) => key.startsWith(`${id.slice(-2)}/${id}/`))
      .map((key) => key.split('/').at(-1) ?? '')

  /** Sent one by one, so that each lies in an object of its own. */
  async function record(): Promise<Made> {
    const made = await bed.http.create()
    const socket = await bed.greet(made)
    socket.send(take(0))
    await socket.until('take 0')
    for (const [seq, slice] of slices.entries()) {
      socket.send(chunk(seq, slice))
      await socket.until(`ack 0/${seq}`)
    }
    socket.send(finish([slices.length]))
    await socket.until('finish')
    socket.close()
    return made
  }

  test('plays from every instance, becomes one object, and leaves nothing when it is deleted', async () => {
    const made = await record()
    await bed.http.untilStatus(made, 'ready')
    const media = await new WireHttp(other.url).media(made)
    expect(mediaViolations(media, slices)).toEqual([])

    await waitFor('one object', () => {
      const left = names(made).filter((name) => name.endsWith('.seg'))
      return left.length === 1 && left[0]?.startsWith('object-') === true
    })
    // From a list of places that are gone, and from a new one.
    for (const { url } of [other, bed.server]) {
      expect(digest(await new WireHttp(url).media(made))).toBe(digest(media))
    }
    const ofObject: Fault['when'] = (ask) => isGet(ask) && ask.target.includes('/object-')
    const before = fake.count(ofObject)
    await new WireHttp(other.url).media(made)
    expect(fake.count(ofObject) - before).toBeLessThan(slices.length / 4)

    if (hasFfmpeg) {
      const path = `/api/recordings/${made.id}/thumbnail.jpg`
      const picture = await waitFor('a picture that the other instance made', async () => {
        const answer = await fetch(other.url + path, { headers: bearer(made.token) })
        return answer.status === 200 && (await answer.arrayBuffer())
      })
      expect(picture.byteLength).toBeGreaterThan(100)
    }

    await bed.http.call('DELETE', `/api/recordings/${made.id}`)
    await bed.sql`
      update recordings set deleted_at = now() - interval '1 hour' where id = ${made.id}`
    await waitFor('an empty bucket', () => names(made).length === 0)
  }, 60_000)

  test('is not acked while the bucket refuses it, and is when it takes it again', async () => {
    const made = await bed.http.create()
    fake.fail({ when: isPut, refuse: { status: 403, code: 'AccessDenied' }, times: 999 })
    const refused = await bed.http.put(made, { take: 0, seq: 0 }, slices[0] ?? new Uint8Array(0), {
      'Content-Type': 'video/webm',
    })
    expect(refused.status).toBe(503)
    expect(await bed.stored(made)).toEqual([])
    const ready = async () => (await fetch(`${bed.url}/readyz`)).status
    await waitFor('not ready', async () => (await ready()) === 503)
    fake.recover()
    await waitFor('ready again', async () => (await ready()) === 200)
    const taken = await bed.http.put(made, { take: 0, seq: 0 }, slices[0] ?? new Uint8Array(0), {
      'Content-Type': 'video/webm',
    })
    expect(taken.status).toBe(201)
  })
})

describe.each(RUNTIMES)('on %s a start', (runtime: Runtime) => {
  test('with a bucket that cannot be used ends with one line that says what to do', async () => {
    const fake = await FakeS3.listen()
    onTestFinished(() => fake.close())
    const database = await createTestDatabase()
    onTestFinished(() => database.drop())
    const env = { ...envOf(fake), DATABASE_URL: urlOf(database.connection) }
    const wrong = [
      [{ HOLDFAST_STORE: fake.store.replace('eu-test-1', 'us-east-1') }, /Set region=eu-test-1/],
      [{ AWS_SECRET_ACCESS_KEY: 'other' }, /AWS_SECRET_ACCESS_KEY/],
    ] as const
    for (const [change, line] of wrong) {
      const refused = await startServer({ runtime, env: { ...env, ...change } }).catch(String)
      expect(refused).toMatch(/ended \(1\): holdfast: .*\n/)
      expect(refused).toMatch(line)
    }
  }, 60_000)
})
