// The S3 that the store is tested against must itself be known to refuse: a request that was right is sent once more with
// one thing changed.
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { S3Client } from '../../../server/store/s3/s3-client.ts'
import { deleteAll, listObjects } from '../../../server/store/s3/s3-list.ts'
import { putNew } from '../../../server/store/s3/s3-put.ts'
import { uploadPieces } from '../../../server/store/s3/s3-upload.ts'
import { someBytes } from '../chunks.ts'
import { FakeS3, type FakeS3Options, isGet, isPut, placeOf } from './fake-s3.ts'
import { checkSignature, type S3Request } from './signature-check.ts'

const MiB = 1024 * 1024
const KEY = 'a/b.seg'
let fake: FakeS3
let client: S3Client

async function open(options: FakeS3Options = {}): Promise<void> {
  fake = await FakeS3.listen(options)
  client = new S3Client(placeOf(fake), { times: 1 })
}

beforeEach(() => open())
afterEach(() => fake.close())

type Change = { target?: string; method?: string; headers?: object; body?: Uint8Array<ArrayBuffer> }

async function replay(request: S3Request, { target, method, headers, body }: Change = {}) {
  const { connection: _, ...sent } = { ...request.headers, ...headers } as Record<string, string>
  const bytes = new Uint8Array(body ?? request.body)
  const response = await fetch(fake.endpoint + (target ?? request.target), {
    method: method ?? request.method,
    headers: sent,
    ...(bytes.length > 0 && { body: bytes }),
  })
  const code = /<Code>(\w+)</.exec(await response.text())?.[1]
  return `${response.status} ${code ?? ''}`.trim()
}

async function rightPut(): Promise<S3Request> {
  await putNew(client, KEY, someBytes(1000, 1))
  const request = fake.requests.find(isPut)
  if (!request) throw new Error('no PUT')
  fake.bucket.objects.clear()
  return request
}

describe('a signature', () => {
  it('is computed as AWS documents it', () => {
    // "Example: GET Object" of the Signature Version 4 documentation.
    const request = {
      method: 'GET',
      target: '/test.txt',
      headers: {
        host: 'examplebucket.s3.amazonaws.com',
        range: 'bytes=0-9',
        'x-amz-content-sha256': createHash('sha256').digest('hex'),
        'x-amz-date': '20130524T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
          'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
          'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      },
      body: new Uint8Array(0),
    }
    const keys = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    }
    const signedFor = { keys, region: 'us-east-1', now: Date.UTC(2013, 4, 24) }
    expect(checkSignature(request, signedFor)).toBe(null)
    const other = { ...request, target: '/test.txu' }
    expect(checkSignature(other, signedFor)).toMatchObject({ code: 'SignatureDoesNotMatch' })
    const late = { ...signedFor, now: Date.UTC(2013, 4, 24, 0, 16) }
    expect(checkSignature(request, late)).toMatchObject({ code: 'RequestTimeTooSkewed' })
  })

  it('lets the same request pass again', async () => {
    expect(await replay(await rightPut())).toBe('200')
  })

  const signatureOf = (authorization: string) => authorization.slice(-64)
  it.for<[string, (request: S3Request) => Change, string]>([
    ['no signature', () => ({ headers: { authorization: '' } }), '403 AccessDenied'],
    [
      'another key of the object',
      () => ({ target: '/recordings/a/c.seg' }),
      '403 SignatureDoesNotMatch',
    ],
    ['a query', ({ target }) => ({ target: `${target}?acl` }), '403 SignatureDoesNotMatch'],
    ['no condition', () => ({ headers: { 'if-none-match': '' } }), '403 SignatureDoesNotMatch'],
    ['another body', () => ({ body: someBytes(1000, 2) }), '400 XAmzContentSHA256Mismatch'],
    [
      'another checksum',
      () => ({ headers: { 'x-amz-checksum-sha256': 'AAAA' } }),
      '403 SignatureDoesNotMatch',
    ],
    ['an unsigned header', () => ({ headers: { 'x-amz-acl': 'public' } }), '403 AccessDenied'],
    [
      'another region',
      ({ headers: { authorization = '' } }) => ({
        headers: { authorization: authorization.replace('eu-test-1', 'us-east-1') },
      }),
      '400 AuthorizationHeaderMalformed',
    ],
    [
      'another access key',
      ({ headers: { authorization = '' } }) => ({
        headers: { authorization: authorization.replace('AKHOLDFAST', 'AKOTHER') },
      }),
      '403 InvalidAccessKeyId',
    ],
    [
      'another signature',
      ({ headers: { authorization = '' } }) => ({
        headers: {
          authorization: authorization.replace(signatureOf(authorization), 'a'.repeat(64)),
        },
      }),
      '403 SignatureDoesNotMatch',
    ],
    [
      'a token nobody gave out',
      () => ({ headers: { 'x-amz-security-token': 'mine' } }),
      '400 InvalidToken',
    ],
  ])('refuses %s', async ([, change, expected]) => {
    const request = await rightPut()
    expect(await replay(request, change(request))).toBe(expected)
    expect(fake.bucket.objects.size).toBe(0)
  })

  it('knows the token of keys that expire', async () => {
    const keys = { accessKeyId: 'A', secretAccessKey: 'b', sessionToken: 'c' }
    await fake.close()
    await open({ keys })
    await expect(client.send({ method: 'GET', key: KEY })).rejects.toThrow('InvalidAccessKeyId')
    const known = new S3Client({ ...placeOf(fake), keys })
    expect(await putNew(known, KEY, someBytes(10, 1))).toBe('stored')
  })
})

describe('the bucket', () => {
  it('refuses a PUT with If-None-Match where an object lies, and only there', async () => {
    expect(await putNew(client, KEY, someBytes(10, 1))).toBe('stored')
    expect(await putNew(client, KEY, someBytes(10, 2))).toBe('taken')
    expect(await putNew(client, KEY, someBytes(10, 1))).toBe('stored')
    expect([...fake.bucket.objects]).toHaveLength(1)
    expect(fake.bucket.objects.get(KEY)?.bytes).toEqual(Buffer.from(someBytes(10, 1)))
  })

  it('refuses a checksum that is not that of the bytes', async () => {
    const headers = { 'x-amz-checksum-sha256': createHash('sha256').digest('base64') }
    const put = client.send({ method: 'PUT', key: KEY, headers, body: someBytes(10, 1) })
    await expect(put).rejects.toThrow('400 BadDigest')
    expect(fake.bucket.objects.size).toBe(0)
  })

  it('gives ranges, and refuses those that lie outside', async () => {
    await putNew(client, KEY, someBytes(100, 1))
    const range = (value: string) =>
      client.send({ method: 'GET', key: KEY, headers: { range: value } })
    expect((await range('bytes=10-19')).body).toEqual(someBytes(100, 1).subarray(10, 20))
    expect((await range('bytes=90-199')).body).toHaveLength(10)
    await expect(range('bytes=100-199')).rejects.toThrow('416 InvalidRange')
  })

  it('lists by pages, under a prefix, and nothing that was deleted', async () => {
    await fake.close()
    await open({ pageSize: 2 })
    for (const key of ['a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'b/1'])
      await putNew(client, key, someBytes(10, 1))
    const all = await Array.fromAsync(listObjects(client, 'a/'))
    expect(all.map(({ key }) => key)).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/5'])
    expect(await deleteAll(client, 'a/')).toEqual({ bytes: 50 })
    expect([...fake.bucket.objects.keys()]).toEqual(['b/1'])
  })

  async function* pieces(...sizes: number[]) {
    for (const [n, size] of sizes.entries()) yield someBytes(size, n)
  }
  const upload = (partBytes: number) => ({
    ...{ client, key: KEY, aboutBytes: 0, check: () => undefined, partBytes },
  })

  it('puts parts together, and keeps nothing of an upload with a part that is too small', async () => {
    const sizes = [3 * MiB, 2 * MiB, 5 * MiB, 100]
    expect(await uploadPieces(upload(5 * MiB), pieces(...sizes))).toBe(10 * MiB + 100)
    const whole = Buffer.concat(sizes.map((size, n) => someBytes(size, n)))
    expect(Buffer.compare(fake.bucket.objects.get(KEY)?.bytes ?? whole, whole)).toBe(0)
    const again = { ...upload(MiB), key: 'other' }
    await expect(uploadPieces(again, pieces(MiB, MiB))).rejects.toThrow('400 EntityTooSmall')
    expect(fake.bucket.uploads.size).toBe(0)
    expect([...fake.bucket.objects.keys()]).toEqual([KEY])
  })

  it('refuses a bucket of another name', async () => {
    const lost = new S3Client({ ...placeOf(fake), bucket: 'other' }, { times: 1 })
    await expect(putNew(lost, KEY, someBytes(10, 1))).rejects.toThrow('404 NoSuchBucket')
  })
})

describe('a fault', () => {
  it('is what was asked for, as often as it was asked for', async () => {
    await putNew(client, KEY, someBytes(1000, 1))
    const get = () => client.send({ method: 'GET', key: KEY })
    fake.fail({ when: isGet, refuse: { status: 503, code: 'SlowDown' } })
    await expect(get()).rejects.toThrow('503 SlowDown')
    // The runtime asks again by itself when a connection that it had kept is gone.
    fake.fail({ when: isGet, isReset: true, times: 9 })
    await expect(get()).rejects.toThrow('Network')
    fake.recover()
    fake.fail({ when: isGet, cutAt: 500 })
    await expect(get()).rejects.toThrow(/Network|CutOff/)
    fake.fail({ when: isPut, afterwards: 'reset', times: 9 })
    await expect(putNew(client, 'c', someBytes(10, 1))).rejects.toThrow('Network')
    expect(fake.bucket.objects.has('c')).toBe(true)
    expect((await get()).body).toEqual(someBytes(1000, 1))
  })

  it('of silence lasts until the client gives up', async () => {
    const hasty = new S3Client(placeOf(fake), { times: 1, waitMs: 50 })
    fake.fail({ when: isPut, afterwards: 'silence' })
    await expect(putNew(hasty, KEY, someBytes(10, 1))).rejects.toThrow('TimedOut')
    expect(fake.bucket.objects.has(KEY)).toBe(true)
  })
})
