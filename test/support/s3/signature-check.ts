// AWS Signature Version 4 as a server checks it, computed here from the bytes that arrived and from nothing that the
// client's library knows. Answers with what S3 answers.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export type S3Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

/** A request as it came over the wire. Header names in lower case. */
export type S3Request = {
  readonly method: string
  /** Path and query, still encoded. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export type S3Refusal = {
  readonly status: number
  readonly code: string
  readonly message?: string
  /** Further elements of the error document. */
  readonly more?: string
}

const MAX_SKEW_MS = 15 * 60_000
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

const sha256Hex = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')
const hmac = (key: string | Uint8Array, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest()

export type SignedFor = { readonly keys: S3Keys; readonly region: string; readonly now: number }

/** null when the request is what its signature says. */
export function checkSignature(
  request: S3Request,
  { keys, region, now }: SignedFor,
): S3Refusal | null {
  const { headers } = request
  const parts = AUTHORIZATION.exec(headers.authorization ?? '')
  if (!parts) return { status: 403, code: 'AccessDenied', message: 'No signature.' }
  const [, id = '', date = '', askedRegion = '', signedHeaders = '', signature = ''] = parts
  if (id !== keys.accessKeyId) return { status: 403, code: 'InvalidAccessKeyId' }
  if (askedRegion !== region) {
    const more = `<Region>${region}</Region>`
    return { status: 400, code: 'AuthorizationHeaderMalformed', more }
  }
  const names = signedHeaders.split(';')
  const wrong = checkHeaders(request, { names, date, keys, now })
  if (wrong) return wrong
  const scope = `${date}/${region}/s3/aws4_request`
  const canonical = canonicalRequest(request, names)
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256Hex(canonical)].join('\n')
  const expected = hmac(signingKey(keys.secretAccessKey, date, region), toSign)
  if (timingSafeEqual(expected, Buffer.from(signature, 'hex'))) return null
  return { status: 403, code: 'SignatureDoesNotMatch' }
}

type Signed = { names: readonly string[]; date: string; keys: S3Keys; now: number }

function checkHeaders({ headers, body }: S3Request, { names, date, keys, now }: Signed) {
  const time = headers['x-amz-date'] ?? ''
  const at = Date.parse(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!time.startsWith(date) || !(Math.abs(now - at) < MAX_SKEW_MS)) {
    return { status: 403, code: 'RequestTimeTooSkewed' }
  }
  if (headers['x-amz-security-token'] !== keys.sessionToken) {
    return { status: 400, code: 'InvalidToken' }
  }
  const mustBeSigned = Object.keys(headers).filter((name) => name.startsWith('x-amz-'))
  if (['host', ...mustBeSigned].some((name) => !names.includes(name))) {
    return { status: 403, code: 'AccessDenied', message: 'A header was not signed.' }
  }
  // Signed payloads only: bytes that changed on the way must never be stored.
  if (headers['x-amz-content-sha256'] !== sha256Hex(body)) {
    return { status: 400, code: 'XAmzContentSHA256Mismatch' }
  }
  return null
}

function canonicalRequest(
  { method, target, headers }: S3Request,
  names: readonly string[],
): string {
  const [path = '', query = ''] = target.split('?')
  const pairs = query.split('&').filter((pair) => pair !== '')
  const canonicalQuery = pairs.map((pair) => (pair.includes('=') ? pair : `${pair}=`)).sort()
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}`)
  return [
    method,
    path,
    canonicalQuery.join('&'),
    ...lines,
    '',
    names.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n')
}

function signingKey(secret: string, date: string, region: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), 's3'), 'aws4_request')
}
