// HOLDFAST_STORE as text, and the place that it names: file:, file:/path, s3://bucket/prefix?endpoint=…&region=…
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HoldfastError } from '@holdfast/protocol'
import type { S3Keys, S3Place, StorePlace } from './store/store-place.ts'

type Sources = {
  /** Where file: lies. */
  readonly dataDir: string
  readonly keys: { [name in keyof Required<S3Keys>]: string | null }
}

const invalid = (message: string): HoldfastError => new HoldfastError('config_invalid', { message })

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
/** What needs no escaping in a path, a query or XML. */
const PREFIX = /^(?:\/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/?)*)?$/
const REGION = /^[a-z0-9-]{1,64}$/
const PARAMETERS = ['endpoint', 'region']

/** @throws HoldfastError `config_invalid`; never repeats the value */
export function readStorePlace(text: string, { dataDir, keys }: Sources): StorePlace {
  if (text.startsWith('s3:')) return readS3Place(text, keys)
  if (text === 'file:') return { kind: 'file', dir: resolve(dataDir, 'store') }
  if (text.startsWith('file:///')) return { kind: 'file', dir: fileURLToPath(text) }
  const path = /^file:(?!\/\/)(.+)$/.exec(text)?.[1]
  if (path === undefined) throw invalid('HOLDFAST_STORE must be file:, file:/path or s3://bucket.')
  return { kind: 'file', dir: resolve(path) }
}

function readS3Place(text: string, keys: Sources['keys']): S3Place {
  const url = URL.canParse(text) ? new URL(text) : null
  const bucket = url?.host ?? ''
  if (!url || !BUCKET.test(bucket) || !PREFIX.test(url.pathname) || url.hash !== '') {
    throw invalid('HOLDFAST_STORE must be like s3://bucket/prefix?endpoint=https://…&region=….')
  }
  if (url.username !== '')
    throw invalid('HOLDFAST_STORE must not hold keys: set AWS_ACCESS_KEY_ID.')
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  if (unknown !== undefined) {
    throw invalid('HOLDFAST_STORE: an s3: store takes endpoint and region, and nothing else.')
  }
  const region = url.searchParams.get('region') ?? 'us-east-1'
  if (!REGION.test(region)) throw invalid('HOLDFAST_STORE: region must be like eu-central-1.')
  const endpoint = url.searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`
  const prefix = url.pathname.replace(/^\/|\/$/g, '')
  return {
    ...{ kind: 's3', bucket, region, endpoint: readEndpoint(endpoint), keys: readKeys(keys) },
    prefix: prefix === '' ? '' : `${prefix}/`,
  }
}

function readEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url?.pathname === '/' && url.search === '' && url.username === ''
  if (isPlain && ['http:', 'https:'].includes(url.protocol)) return url.origin
  throw invalid('HOLDFAST_STORE: endpoint must be like https://s3.example.org, without a path.')
}

function readKeys({ accessKeyId, secretAccessKey, sessionToken }: Sources['keys']): S3Keys {
  if (accessKeyId === null || secretAccessKey === null) {
    throw invalid('HOLDFAST_STORE is s3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too.')
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken !== null && { sessionToken }) }
}
