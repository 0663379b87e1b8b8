// What a start says of a bucket that cannot be used, and that it uses none that would lose something.
import { HoldfastError } from '@holdfast/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import {
  FakeS3,
  type FakeS3Options,
  type Fault,
  isPut,
  placeOf,
} from '../../../test/support/s3/fake-s3.ts'
import type { S3Place } from '../store-place.ts'
import { checkBucket } from './s3-check.ts'
import { S3Client } from './s3-client.ts'

let fake: FakeS3
afterEach(() => fake.close())

type Trial = { place?: Partial<S3Place>; fake?: FakeS3Options; fault?: Fault }

async function check({ place = {}, fake: options, fault }: Trial = {}) {
  fake = await FakeS3.listen(options)
  if (fault) fake.fail({ times: 99, ...fault })
  const tried = { ...placeOf(fake), prefix: 'here/', ...place }
  const client = new S3Client(tried, { pauseMs: 1, waitMs: 500 })
  return await checkBucket(client, tried, 'test')
}

async function refusal(trial: Trial): Promise<[string, string]> {
  const error = await check(trial).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof HoldfastError)) throw new Error('it was accepted', { cause: error })
  expect(error.message.split('\n')).toHaveLength(1)
  expect(error.message).not.toContain('secret')
  return [error.code, error.message]
}

const any = () => true
const keys = { accessKeyId: 'AKHOLDFAST', secretAccessKey: 'secret/with+signs' }

describe('checkBucket', () => {
  it('takes a store that does what S3 does, and leaves nothing behind', async () => {
    expect(await check()).toEqual({ isVersioned: false })
    expect(fake.bucket.objects.size + fake.bucket.uploads.size).toBe(0)
  })

  it('notices that a bucket keeps versions', async () => {
    expect(await check({ fake: { isVersioned: true } })).toEqual({ isVersioned: true })
  })

  it('waits for a store that is busy', async () => {
    const fault = { when: any, refuse: { status: 503, code: 'SlowDown' }, times: 2 }
    expect(await check({ fault })).toEqual({ isVersioned: false })
  })

  it.each<[string, FakeS3Options, string]>([
    ['If-None-Match', { ignoresIfNoneMatch: true }, 'If-None-Match'],
    ['checksums', { ignoresChecksums: true }, 'x-amz-checksum-sha256'],
    ['ranges', { ignoresRanges: true }, 'range'],
  ])('refuses a store that ignores %s', async (_, options, named) => {
    const [code, message] = await refusal({ fake: options })
    expect(code).toBe('store_unsafe')
    expect(message).toContain(named)
    expect(fake.bucket.objects.size).toBe(0)
  })

  it('refuses a store that says itself that it has no conditional PUT', async () => {
    const message = 'Conditional object PUTs are not supported.'
    const refuse = { status: 501, code: 'NotImplemented', message }
    const refused = await refusal({ fault: { when: isPut, refuse } })
    expect(refused[0]).toBe('store_unsafe')
    expect(refused[1]).toContain(message)
  })

  it.each<[string, Trial, string, string]>([
    ['region', { place: { region: 'us-east-1' } }, 'store_refused', 'Set region=eu-test-1'],
    ['bucket', { place: { bucket: 'nowhere' } }, 'store_refused', 'no bucket nowhere'],
    [
      'access key',
      { place: { keys: { ...keys, accessKeyId: 'other' } } },
      'store_refused',
      'AWS_ACCESS_KEY_ID',
    ],
    [
      'secret',
      { place: { keys: { ...keys, secretAccessKey: 'other' } } },
      'store_refused',
      'AWS_SECRET_ACCESS_KEY',
    ],
    [
      'session token',
      { place: { keys: { ...keys, sessionToken: 'old' } } },
      'store_refused',
      'AWS_SESSION_TOKEN',
    ],
    ['endpoint', { place: { endpoint: 'http://127.0.0.1:1' } }, 'store_unreachable', 'endpoint='],
  ])('says in one line that the %s is wrong, and what to do', async (_, trial, code, advice) => {
    const refused = await refusal(trial)
    expect(refused[0]).toBe(code)
    expect(refused[1]).toContain(advice)
  })

  it('names the region of a redirect', async () => {
    const refuse = { status: 301, code: 'PermanentRedirect', more: '<Region>eu-west-9</Region>' }
    const [, message] = await refusal({ fault: { when: any, refuse } })
    expect(message).toContain('Set region=eu-west-9')
  })

  it.each([
    ['PUT', 's3:PutObject'],
    ['HEAD', 's3:GetObject'],
    ['DELETE', 's3:DeleteObject'],
  ])('names the right that is missing for %s', async (method, right) => {
    const refuse = { status: 403, code: 'AccessDenied' }
    const [code, message] = await refusal({
      fault: { when: (ask) => ask.method === method, refuse },
    })
    expect(code).toBe('store_refused')
    expect(message).toContain(right)
  })

  it('says so when nobody answers', async () => {
    const refuse = { status: 503, code: 'SlowDown' }
    const [code, message] = await refusal({ fault: { when: any, refuse } })
    expect(code).toBe('store_unreachable')
    expect(message).toContain('SlowDown')
  })
})
