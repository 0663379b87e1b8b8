// R12, outcome by outcome: what the store makes of each answer, and of none.
import { createHash, randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { someChunk, someChunkFrame } from '../../../test/support/chunks.ts'
import { codeOf } from '../../../test/support/error-code.ts'
import { putAside } from '../../../test/support/s3/bucket.ts'
import { type Fault, isPut } from '../../../test/support/s3/fake-s3.ts'
import { s3Test as it, S3Bed } from '../../../test/support/s3/s3-bed.ts'
import { waitFor } from '../../../test/support/wait-for.ts'

const SLOW_DOWN = { status: 503, code: 'SlowDown' }

/** What lies in the bucket, by what the store says of it. */
async function stored(
  { fake }: S3Bed,
  { segment }: { segment: string },
): Promise<Uint8Array | undefined> {
  const [, object] = [...fake.bucket.objects].find(([key]) => key.endsWith(segment)) ?? []
  return object?.bytes
}

describe('R12: a PUT', () => {
  it('goes where nothing lies, with the digest of its bytes', async ({ bed }) => {
    const { store, id, append } = bed.open({ partBytes: 5 * 1024 * 1024 })
    await append(0)
    async function* frames() {
      for (let n = 0; n < 3; n += 1) yield new Uint8Array(4 * 1024 * 1024).fill(n)
    }
    await store.writeObject(id, frames(), 1)
    const puts = bed.fake.requests.filter(({ method }) => method === 'PUT')
    expect(puts.length).toBeGreaterThan(2)
    for (const { target, headers, body } of puts) {
      const isPartOfUpload = target.includes('partNumber')
      expect(headers['if-none-match']).toBe(isPartOfUpload ? undefined : '*')
      const digest = createHash('sha256').update(body).digest('base64')
      expect(headers['x-amz-checksum-sha256']).toBe(digest)
    }
    const ends = bed.fake.requests.filter(({ method, target }) => {
      return method === 'POST' && target.includes('uploadId')
    })
    expect(ends.map(({ headers }) => headers['if-none-match'])).toEqual(['*'])
  })

  it.for<[string, Omit<Fault, 'when'>]>([
    ['503 SlowDown', { refuse: SLOW_DOWN }],
    ['500', { refuse: { status: 500, code: 'InternalError' } }],
    [
      '409, of somebody at the same moment',
      { refuse: { status: 409, code: 'ConditionalRequestConflict' } },
    ],
    ['400, of bytes that changed on the way', { refuse: { status: 400, code: 'BadDigest' } }],
    ['503 after it was stored', { afterwards: SLOW_DOWN }],
    ['a reset before it was stored', { isReset: true }],
    ['a reset after it was stored', { afterwards: 'reset' }],
    ['silence after it was stored', { afterwards: 'silence' }],
  ])('goes again after %s, and is there once', async ([, fault], { bed }) => {
    const { store, id, append } = bed.open({}, { waitMs: 300 })
    bed.fake.fail({ ...fault, when: isPut })
    const at = await append(0)
    expect(await store.read(id, at, 1000)).toEqual(someChunk().bytes)
    expect(bed.fake.bucket.objects.size).toBe(1)
    const keys = bed.fake.requests.filter(isPut).map(({ target }) => target)
    expect(keys.length).toBeGreaterThan(1)
    expect(new Set(keys).size).toBe(1)
    expect(bed.failures).toEqual([])
    expect(await store.health()).toMatchObject({ state: 'ok', queuedBytes: 0 })
  })

  it('whose key is taken by other bytes goes to another, and touches nothing', async ({ bed }) => {
    const { store, id, append } = bed.open()
    const theirs = new Uint8Array(10)
    const before: Fault['before'] = (bucket, { target }) =>
      putAside(bucket, target.split('/').slice(2).join('/'), theirs)
    bed.fake.fail({ when: isPut, before })
    const at = await append(0)
    expect(await store.read(id, at, 1000)).toEqual(someChunk().bytes)
    expect(bed.failures).toHaveLength(1)
    expect(await stored(bed, { segment: bed.failures[0]?.segment ?? '' })).toBe(theirs)
    bed.fake.fail({ when: isPut, before, times: 2 })
    expect(await codeOf(append(1))).toBe('unavailable')
    await append(1)
  })

  it('is believed by the bytes where a store does not tell their digest', async ({ bed }) => {
    const { store, id, append } = bed.open()
    bed.fake.fail({ when: isPut, afterwards: SLOW_DOWN })
    bed.fake.fail({
      when: ({ method }) => method === 'HEAD',
      before: ({ objects }) => {
        for (const [key, object] of objects) objects.set(key, { ...object, checksum: null })
      },
    })
    const at = await append(0)
    expect(await store.read(id, at, 1000)).toEqual(someChunk().bytes)
    expect(bed.fake.bucket.objects.size).toBe(1)
  })

  it.for<[string, Fault['refuse']]>([
    ['403', { status: 403, code: 'AccessDenied' }],
    ['404, of a bucket that is gone', { status: 404, code: 'NoSuchBucket' }],
    ['501', { status: 501, code: 'NotImplemented' }],
  ])('is not tried again after %s', async ([, refuse], { bed }) => {
    const { store, append } = bed.open()
    bed.fake.fail({ when: isPut, times: 99, ...(refuse && { refuse }) })
    expect(await codeOf(append(0))).toBe('unavailable')
    expect(bed.fake.count(isPut)).toBe(1)
    expect(bed.failures).toHaveLength(1)
    bed.clock.ms = 0
    expect(await store.health()).toMatchObject({ state: 'failing' })
  })

  it('is given up after a bounded number of tries, and nothing is acked', async ({ bed }) => {
    const { append } = bed.open({}, { times: 3 })
    bed.fake.fail({ when: isPut, refuse: SLOW_DOWN, times: 3 })
    expect(await codeOf(append(0))).toBe('unavailable')
    expect(bed.fake.count(isPut)).toBe(3)
    // What comes again is another object: nobody knows what became of the first.
    await append(0)
    const keys = new Set(bed.fake.requests.filter(isPut).map(({ target }) => target))
    expect(keys.size).toBe(2)
  })
})

describe('a store that fails', () => {
  it('says so until something is written again, also when nobody appends', async ({ bed }) => {
    const { store, append } = bed.open({}, { times: 1 })
    await append(0)
    bed.fake.fail({ when: isPut, refuse: SLOW_DOWN, times: 2 })
    expect(await codeOf(append(1))).toBe('unavailable')
    expect(await store.health()).toMatchObject({ state: 'failing', reserve: 'ok', freeBytes: null })
    bed.clock.ms += 999
    expect(await store.health()).toMatchObject({ state: 'failing' })
    bed.clock.ms += 1
    const health = await store.health()
    expect(health).toMatchObject({ state: 'ok', queuedBytes: 0 })
    expect(health.lastError).toContain('SlowDown')
    const keys = [...bed.fake.bucket.objects.keys()]
    expect(keys.filter((key) => key.startsWith('probe'))).toEqual([])
  })
})

describe('what waits', () => {
  it('for a PUT gathers into the next object', async ({ bed }) => {
    const { id, store, append } = bed.open()
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>()
    bed.fake.fail({ when: isPut, until })
    const first = append(0)
    await waitFor('the first PUT', () => bed.fake.count(isPut) === 1, { everyMs: 1 })
    const others = [1, 2, 3, 4, 5].map(append)
    goOn()
    const places = await Promise.all([first, ...others])
    expect(new Set(places.map(({ segment }) => segment)).size).toBe(2)
    expect(bed.fake.count(isPut)).toBe(2)
    for (const [seq, at] of places.entries()) {
      expect(await store.read(id, at, 1000)).toEqual(someChunk({ seq }).bytes)
    }
  })

  it('is bounded in bytes, over all recordings', async ({ bed }) => {
    const { append } = bed.open({ maxQueuedBytes: 10_000 })
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>()
    bed.fake.fail({ when: isPut, until, times: 9 })
    const waiting = Array.from({ length: 9 }, (_, seq) => append(seq))
    expect(await codeOf(append(9))).toBe('unavailable')
    goOn()
    await Promise.all(waiting)
    await append(9)
  })

  it('is written for several recordings at once, but not for all', async ({ bed }) => {
    const { store } = bed.open({ maxFlushes: 3 })
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>()
    bed.fake.fail({ when: isPut, until, times: 99 })
    const all = Array.from({ length: 8 }, () => store.append(randomUUID(), someChunkFrame()))
    await waitFor('three PUTs', () => bed.fake.count(isPut) === 3, { everyMs: 1 })
    // Whatever else was on its way to the bucket has arrived before this answer.
    expect(await store.segments(randomUUID())).toEqual([])
    expect(bed.fake.count(isPut)).toBe(3)
    goOn()
    await Promise.all(all)
  })

  it('for a recording that is purged is refused, and what is under way goes with it', async ({
    bed,
  }) => {
    const { store, id, append } = bed.open()
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>()
    bed.fake.fail({ when: isPut, until })
    const inFlight = append(0)
    await waitFor('the first PUT', () => bed.fake.count(isPut) === 1, { everyMs: 1 })
    const waiting = codeOf(append(1))
    const purged = store.purge(id)
    expect(await codeOf(append(2))).toBe('recording_deleted')
    goOn()
    await inFlight
    expect(await waiting).toBe('recording_deleted')
    await purged
    expect(bed.fake.bucket.objects.size).toBe(0)
  })
})

it('never takes a whole object for the range that was asked for', async ({ onTestFinished }) => {
  const bed = await S3Bed.start({ ignoresRanges: true })
  onTestFinished(() => bed.dispose())
  const { store, id, append } = bed.open()
  expect(await codeOf(store.read(id, await append(0), 10))).toBe('store_failed')
})
