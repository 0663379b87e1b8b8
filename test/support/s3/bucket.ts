// What a bucket keeps: objects, and uploads that are not complete. Checks every checksum and condition that it is given,
// and answers as S3 does.
import { createHash } from 'node:crypto'
import type { S3Refusal } from './signature-check.ts'

export type S3Object = {
  readonly bytes: Uint8Array
  readonly etag: string
  /** Base64; of an upload in parts the digest of the parts' digests, with their number. null: none was given. */
  readonly checksum: string | null
}

type Upload = { readonly key: string; readonly parts: Map<number, S3Object> }

/** Things that a store might leave out, to see that the client notices. */
export type Leniency = {
  ignoresIfNoneMatch?: boolean
  ignoresChecksums?: boolean
  ignoresRanges?: boolean
}

const MIN_PART_BYTES = 5 * 1024 * 1024
const digest = (kind: 'md5' | 'sha256', bytes: Uint8Array): Buffer =>
  createHash(kind).update(bytes).digest()

const objectOf = (bytes: Uint8Array, checksum: string | null): S3Object => ({
  bytes,
  etag: `"${digest('md5', bytes).toString('hex')}"`,
  checksum,
})

type Conditions = { ifNoneMatch: string | undefined; checksum: string | undefined }

export class Bucket {
  readonly objects = new Map<string, S3Object>()
  readonly uploads = new Map<string, Upload>()
  readonly #leniency: Leniency
  #uploadCount = 0

  constructor(leniency: Leniency = {}) {
    this.#leniency = leniency
  }

  put(key: string, bytes: Uint8Array, { ifNoneMatch, checksum }: Conditions): S3Object | S3Refusal {
    const refusal = this.#refusal(key, ifNoneMatch) ?? this.#checksumRefusal(bytes, checksum)
    if (refusal) return refusal
    const object = objectOf(bytes, checksum ?? null)
    this.objects.set(key, object)
    return object
  }

  beginUpload(key: string): string {
    this.#uploadCount += 1
    const id = `upload-${this.#uploadCount}`
    this.uploads.set(id, { key, parts: new Map() })
    return id
  }

  putPart(
    { id, part }: { id: string; part: number },
    bytes: Uint8Array,
    checksum: string | undefined,
  ): S3Object | S3Refusal {
    const upload = this.uploads.get(id)
    if (!upload) return { status: 404, code: 'NoSuchUpload' }
    const refusal = this.#checksumRefusal(bytes, checksum)
    if (refusal) return refusal
    const object = objectOf(bytes, checksum ?? null)
    upload.parts.set(part, object)
    return object
  }

  /** @param named the parts as the client lists them */
  completeUpload(
    id: string,
    named: readonly { part: number; etag: string; checksum: string | null }[],
    ifNoneMatch: string | undefined,
  ): S3Object | S3Refusal {
    const upload = this.uploads.get(id)
    if (!upload) return { status: 404, code: 'NoSuchUpload' }
    if (named.some(({ part }, n) => part <= (named[n - 1]?.part ?? 0))) {
      return { status: 400, code: 'InvalidPartOrder' }
    }
    const parts = named.map(({ part }) => upload.parts.get(part))
    const isOther = parts.some(
      (one, n) => one?.etag !== named[n]?.etag || one?.checksum !== named[n]?.checksum,
    )
    if (isOther || parts.length === 0) return { status: 400, code: 'InvalidPart' }
    const whole = parts.filter((part) => part !== undefined)
    if (whole.slice(0, -1).some(({ bytes }) => bytes.length < MIN_PART_BYTES)) {
      return { status: 400, code: 'EntityTooSmall' }
    }
    const refusal = this.#refusal(upload.key, ifNoneMatch)
    if (refusal) return refusal
    const digests = whole.map(({ bytes }) => digest('sha256', bytes))
    const checksum = `${digest('sha256', Buffer.concat(digests)).toString('base64')}-${whole.length}`
    const object = objectOf(Buffer.concat(whole.map(({ bytes }) => bytes)), checksum)
    this.objects.set(upload.key, object)
    this.uploads.delete(id)
    return object
  }

  #refusal(key: string, ifNoneMatch: string | undefined): S3Refusal | null {
    if (ifNoneMatch === undefined || this.#leniency.ignoresIfNoneMatch) return null
    if (ifNoneMatch !== '*') return { status: 501, code: 'NotImplemented' }
    return this.objects.has(key) ? { status: 412, code: 'PreconditionFailed' } : null
  }

  #checksumRefusal(bytes: Uint8Array, checksum: string | undefined): S3Refusal | null {
    if (checksum === undefined || this.#leniency.ignoresChecksums) return null
    const isRight = checksum === digest('sha256', bytes).toString('base64')
    return isRight ? null : { status: 400, code: 'BadDigest' }
  }
}

/** An object as if somebody else had put it there. */
export function putAside(bucket: Bucket, key: string, bytes: Uint8Array): void {
  bucket.objects.set(key, objectOf(bytes, digest('sha256', bytes).toString('base64')))
}
