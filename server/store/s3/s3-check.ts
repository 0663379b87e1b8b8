// Whether a bucket keeps what the store relies on, tried out at the start with objects of its own: a store that answers 200
// to everything would lose recordings without a word. What is wrong is said in one line, with what to do.
import { createHash } from 'node:crypto'
import { type ErrorCode, HoldfastError } from '@holdfast/protocol'
import type { S3Place } from '../store-place.ts'
import type { S3Client } from './s3-client.ts'
import { isStatus, S3Error } from './s3-error.ts'
import { deleteAll, listObjects } from './s3-list.ts'
import { putNew } from './s3-put.ts'

export type BucketFacts = {
  /** Deleted objects stay, as old versions. */
  readonly isVersioned: boolean
}

type Step = {
  /** What it needs, as IAM calls it. */
  readonly right: string
  readonly run: () => Promise<unknown>
}

const [ONE, OTHER] = ['one of two', 'the other'].map((text) => new TextEncoder().encode(text))

/**
 * Resolves when every step did what S3 does; nothing of it is left.
 * @param name unique to this start
 * @throws HoldfastError `store_unreachable`, `store_refused`, `store_unsafe`
 */
export async function checkBucket(
  client: S3Client,
  place: S3Place,
  name: string,
): Promise<BucketFacts> {
  const prefix = `${place.prefix}probe-${name}`
  const facts = { isVersioned: false }
  try {
    for (const { right, run } of steps({ client, prefix, facts })) {
      await run().catch((error: unknown) => {
        throw error instanceof S3Error ? explained(error, place, right) : error
      })
    }
  } catch (error) {
    await deleteAll(client, prefix).catch(() => undefined)
    throw error
  }
  return facts
}

type Trial = { client: S3Client; prefix: string; facts: { isVersioned: boolean } }

function steps({ client, prefix, facts }: Trial): Step[] {
  const key = `${prefix}-a`
  return [
    { right: 's3:PutObject', run: () => putNew(client, key, ONE as Uint8Array<ArrayBuffer>) },
    { right: 's3:GetObject', run: () => checkConditions(client, key) },
    { right: 's3:PutObject', run: () => checkChecksums(client, `${prefix}-b`) },
    {
      right: 's3:GetObject',
      run: async () => {
        facts.isVersioned = await checkRange(client, key)
      },
    },
    { right: 's3:ListBucket', run: () => checkList(client, prefix, key) },
    {
      right: 's3:PutObject',
      run: () => {
        const headers = { 'x-amz-checksum-algorithm': 'SHA256' }
        return client.send({ method: 'POST', key, query: { uploads: '' }, headers })
      },
    },
    {
      right: 's3:DeleteObject, s3:AbortMultipartUpload and s3:ListBucketMultipartUploads',
      run: () => deleteAll(client, prefix),
    },
  ]
}

async function checkConditions(client: S3Client, key: string): Promise<void> {
  const outcome = await putNew(client, key, OTHER as Uint8Array<ArrayBuffer>)
  if (outcome === 'stored') throw unsafe('writes over an object in spite of If-None-Match')
}

async function checkChecksums(client: S3Client, key: string): Promise<void> {
  const headers = { 'x-amz-checksum-sha256': createHash('sha256').digest('base64') }
  const tries = { times: 1 }
  const ask = { method: 'PUT', key, headers, body: ONE as Uint8Array<ArrayBuffer>, tries } as const
  try {
    await client.send(ask)
  } catch (error) {
    if (isStatus(error, 400)) return
    throw error
  }
  throw unsafe('stores bytes whose x-amz-checksum-sha256 is wrong')
}

/** Whether the bucket keeps versions. */
async function checkRange(client: S3Client, key: string): Promise<boolean> {
  const { headers, body } = await client.send({
    method: 'GET',
    key,
    headers: { range: 'bytes=4-5' },
  })
  if (new TextDecoder().decode(body) !== 'of')
    throw unsafe('does not give the range it is asked for')
  // `null` is the version of what has none.
  return (headers.get('x-amz-version-id') ?? 'null') !== 'null'
}

async function checkList(client: S3Client, prefix: string, key: string): Promise<void> {
  const found = await Array.fromAsync(listObjects(client, prefix))
  if (!found.some((one) => one.key === key)) throw unsafe('does not list what was just written')
}

const unsafe = (what: string): HoldfastError =>
  new HoldfastError('store_unsafe', {
    message: `The S3 store ${what}. Use one that does not: docs/operations.md names some.`,
  })

/** For the operator; the secret is in none of it. */
function explained(error: S3Error, place: S3Place, right: string): HoldfastError {
  const [code, message] = sentence(error, place, right)
  return new HoldfastError(code, { message, cause: error })
}

function sentence(error: S3Error, place: S3Place, right: string): [ErrorCode, string] {
  const { endpoint, bucket, region } = place
  const { status, code } = error
  if (status === 0 || error.mayPass) {
    const advice = 'Check endpoint= in HOLDFAST_STORE, and the network.'
    return ['store_unreachable', `The S3 store at ${endpoint} does not answer (${code}). ${advice}`]
  }
  if (status === 501) {
    const what = `The S3 store at ${endpoint} cannot do what is needed (${error.message}).`
    return ['store_unsafe', `${what} Use another one: docs/operations.md names some.`]
  }
  if (error.region !== null && error.region !== region) {
    const where = `The bucket lies in region ${error.region}, not ${region}.`
    return ['store_refused', `${where} Set region=${error.region} in HOLDFAST_STORE.`]
  }
  const known = KEY_TROUBLE[code]
  if (known !== undefined) return ['store_refused', `The S3 store refused the keys: ${known}`]
  if (status === 404 || code === 'NoSuchBucket') {
    const where = `There is no bucket ${bucket} at ${endpoint}.`
    return ['store_refused', `${where} Create it, or correct HOLDFAST_STORE.`]
  }
  if (status === 403) {
    return ['store_refused', `The S3 keys may not do what is needed in ${bucket}. Allow ${right}.`]
  }
  const what = `The S3 store at ${endpoint} refused a trial (${status} ${code}, for ${right}).`
  return ['store_refused', `${what} Check endpoint, bucket and region in HOLDFAST_STORE.`]
}

const KEY_TROUBLE: Record<string, string> = {
  InvalidAccessKeyId: 'it does not know AWS_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID.',
  InvalidToken: 'AWS_SESSION_TOKEN is wrong, or must not be set.',
  ExpiredToken: 'AWS_SESSION_TOKEN has expired.',
  RequestTimeTooSkewed: 'the clock of this machine is wrong by more than 15 minutes.',
}
