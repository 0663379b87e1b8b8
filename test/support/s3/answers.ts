// One request, one answer: the part of the S3 API that a store needs, with S3's own status codes and error documents.
import type { Bucket, Leniency, S3Object } from './bucket.ts'
import type { S3Refusal, S3Request } from './signature-check.ts'

export type Answer = { status: number; headers: Record<string, string>; body: Uint8Array }

export type Site = Leniency & {
  bucket: Bucket
  /** Of the bucket. */
  name: string
  pageSize?: number
  isVersioned?: boolean
}

const xml = (text: string, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: new TextEncoder().encode(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`),
})
const empty = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: new Uint8Array(0),
})

export function errorAnswer(
  { status, code, message = '', more = '' }: S3Refusal,
  request: S3Request,
): Answer {
  const document = `<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`
  const answer = xml(document, status)
  // What is said about a HEAD is its status alone.
  return request.method === 'HEAD' ? empty(status) : answer
}

type Asked = { request: S3Request; key: string; query: URLSearchParams }

export function answerRequest(site: Site, request: S3Request): Answer {
  const url = new URL(request.target, 'http://s3')
  const [, name, ...rest] = url.pathname.split('/')
  if (name !== site.name) return errorAnswer({ status: 404, code: 'NoSuchBucket' }, request)
  const asked = { request, key: rest.map(decodeURIComponent).join('/'), query: url.searchParams }
  const answer = asked.key === '' ? onBucket(site, asked) : onObject(site, asked)
  return 'code' in answer ? errorAnswer(answer, request) : answer
}

const NOT_ALLOWED: S3Refusal = { status: 405, code: 'MethodNotAllowed' }

function onBucket(site: Site, { request, query }: Asked): Answer | S3Refusal {
  if (request.method !== 'GET') return NOT_ALLOWED
  if (query.has('uploads')) return listUploads(site, query)
  return query.get('list-type') === '2' ? listObjects(site, query) : NOT_ALLOWED
}

function onObject(site: Site, asked: Asked): Answer | S3Refusal {
  const { bucket } = site
  const { request, key, query } = asked
  const id = query.get('uploadId')
  if (request.method === 'POST' && query.has('uploads')) return beginUpload(site, asked)
  if (request.method === 'POST' && id !== null) return completeUpload(site, asked, id)
  if (request.method === 'PUT') return putBytes(site, asked, id)
  if (request.method === 'DELETE') {
    if (id === null) bucket.objects.delete(key)
    else if (!bucket.uploads.delete(id)) return { status: 404, code: 'NoSuchUpload' }
    return empty(204)
  }
  const object = bucket.objects.get(key)
  if (!object) return { status: 404, code: 'NoSuchKey' }
  if (request.method === 'HEAD') {
    const length = { 'content-length': String(object.bytes.length) }
    return empty(200, { ...headersOf(site, object, request), ...length })
  }
  return request.method === 'GET' ? getBytes(site, object, request) : NOT_ALLOWED
}

function headersOf({ isVersioned }: Site, { etag, checksum }: S3Object, { headers }: S3Request) {
  const isAsked = headers['x-amz-checksum-mode'] === 'ENABLED' && headers.range === undefined
  return {
    etag,
    ...(isAsked && checksum && { 'x-amz-checksum-sha256': checksum }),
    ...(isVersioned && { 'x-amz-version-id': 'v1' }),
  }
}

function putBytes(site: Site, { request, key, query }: Asked, id: string | null) {
  const { headers, body } = request
  if (headers['content-length'] === undefined) return { status: 411, code: 'MissingContentLength' }
  const checksum = headers['x-amz-checksum-sha256']
  const part = Number(query.get('partNumber'))
  const put =
    id === null
      ? site.bucket.put(key, body, { ifNoneMatch: headers['if-none-match'], checksum })
      : site.bucket.putPart({ id, part }, body, checksum)
  if ('code' in put) return put
  return empty(200, { etag: put.etag })
}

function getBytes(site: Site, object: S3Object, request: S3Request): Answer | S3Refusal {
  const { bytes } = object
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const headers = headersOf(site, object, request)
  if (first === undefined || site.ignoresRanges) return { status: 200, headers, body: bytes }
  const from = Number(first)
  if (from >= bytes.length) return { status: 416, code: 'InvalidRange' }
  const to = Math.min(Number(last), bytes.length - 1)
  const range = { 'content-range': `bytes ${from}-${to}/${bytes.length}` }
  const body = bytes.subarray(from, to + 1)
  return { status: 206, headers: { ...headers, ...range }, body }
}

function listObjects({ bucket, pageSize = 1000 }: Site, query: URLSearchParams): Answer {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter')
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const max = Math.min(Number(query.get('max-keys') ?? 1000), pageSize)
  const entryOf = (key: string) => {
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length)
    return end < 0 ? key : key.slice(0, end + 1)
  }
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(prefix)).map(entryOf)
  const entries = [...new Set(keys)].sort().filter((entry) => entry > after)
  const page = entries.slice(0, max)
  const isTruncated = entries.length > max
  const lines = page.map((entry) => {
    const object = bucket.objects.get(entry)
    if (!object) return `<CommonPrefixes><Prefix>${entry}</Prefix></CommonPrefixes>`
    return `<Contents><Key>${entry}</Key><Size>${object.bytes.length}</Size></Contents>`
  })
  const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
  return xml(
    `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${lines.join('')}</ListBucketResult>`,
  )
}

function listUploads({ bucket, pageSize = 1000 }: Site, query: URLSearchParams): Answer {
  const prefix = query.get('prefix') ?? ''
  const uploads = [...bucket.uploads].filter(([, { key }]) => key.startsWith(prefix))
  const lines = uploads
    .slice(0, pageSize)
    .map(([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`)
  const isTruncated = uploads.length > pageSize
  return xml(
    `<ListMultipartUploadsResult><IsTruncated>${isTruncated}</IsTruncated>${lines.join('')}</ListMultipartUploadsResult>`,
  )
}

function beginUpload({ bucket }: Site, { request, key }: Asked): Answer | S3Refusal {
  if (request.headers['x-amz-checksum-algorithm'] !== 'SHA256') {
    return { status: 400, code: 'InvalidRequest', message: 'Parts without a checksum.' }
  }
  const id = bucket.beginUpload(key)
  return xml(
    `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  )
}

function completeUpload({ bucket }: Site, { request, key }: Asked, id: string) {
  const text = new TextDecoder().decode(request.body)
  const parts = [...text.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    part: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
    checksum: /<ChecksumSHA256>(.*?)</.exec(part)?.[1] ?? null,
  }))
  const done = bucket.completeUpload(id, parts, request.headers['if-none-match'])
  if ('code' in done) return done
  return xml(
    `<CompleteMultipartUploadResult><Key>${key}</Key><ETag>${done.etag}</ETag></CompleteMultipartUploadResult>`,
  )
}
