// One object out of pieces whose number nobody knows before: a single PUT when they are few, an upload in parts when they
// are many. Holds one part in memory. Until its end nothing is to be seen, and after a failure nothing is left.
import { createHash } from 'node:crypto'
import type { S3Client } from './s3-client.ts'
import { isStatus, S3Error, textOf } from './s3-error.ts'
import { putNew } from './s3-put.ts'

const PART_BYTES = 16 * 1024 * 1024
/** S3 takes 10,000; the estimate may have been a little short. */
const MAX_PARTS = 9000

type Part = { readonly etag: string; readonly checksum: string }

export type Upload = {
  readonly client: S3Client
  readonly key: string
  /** How large it will be, about. */
  readonly aboutBytes: number
  /** Before each part. @throws when nothing more may be written */
  readonly check: () => void
  /** @default 16 MiB, or what keeps a large object below S3's number of parts */
  readonly partBytes?: number
}

/** @throws S3Error; what `check` and `pieces` throw */
export async function uploadPieces(
  upload: Upload,
  pieces: AsyncIterable<Uint8Array>,
): Promise<number> {
  const { aboutBytes, partBytes = Math.max(PART_BYTES, Math.ceil(aboutBytes / MAX_PARTS)) } = upload
  const run = new UploadRun(upload)
  let waiting: Uint8Array[] = []
  let [bytes, total] = [0, 0]
  const takeWaiting = (): Uint8Array<ArrayBuffer> => {
    const body = Buffer.concat(waiting, bytes)
    waiting = []
    total += bytes
    bytes = 0
    return body
  }
  try {
    for await (const piece of pieces) {
      waiting.push(piece)
      bytes += piece.length
      if (bytes >= partBytes) await run.addPart(takeWaiting())
    }
    await run.end(takeWaiting())
    return total
  } catch (error) {
    await run.giveUp()
    throw error
  }
}

class UploadRun {
  readonly #upload: Upload
  readonly #parts: Part[] = []
  #id: string | null = null

  constructor(upload: Upload) {
    this.#upload = upload
  }

  async addPart(body: Uint8Array<ArrayBuffer>): Promise<void> {
    const { client, key, check } = this.#upload
    check()
    this.#id ??= await this.#begin()
    const sha256 = createHash('sha256').update(body).digest()
    const checksum = sha256.toString('base64')
    const query = { partNumber: String(this.#parts.length + 1), uploadId: this.#id }
    const headers = { 'x-amz-checksum-sha256': checksum }
    const answer = await client.send({ method: 'PUT', key, query, headers, body, sha256 })
    this.#parts.push({ etag: answer.headers.get('etag') ?? '', checksum })
  }

  /** @param rest what is not in a part yet */
  async end(rest: Uint8Array<ArrayBuffer>): Promise<void> {
    const { client, key, check } = this.#upload
    if (this.#id !== null) {
      if (rest.length > 0) await this.addPart(rest)
      return await this.#complete(this.#id)
    }
    check()
    if ((await putNew(client, key, rest)) === 'taken') throw taken(key)
  }

  /** Never throws: an upload that could not be given up goes with its recording, or by the bucket's own rules. */
  async giveUp(): Promise<void> {
    const { client, key } = this.#upload
    if (this.#id === null) return
    const gone = client.send({ method: 'DELETE', key, query: { uploadId: this.#id } })
    await gone.catch(() => undefined)
  }

  async #begin(): Promise<string> {
    const { client, key } = this.#upload
    const headers = { 'x-amz-checksum-algorithm': 'SHA256' }
    const { body } = await client.send({ method: 'POST', key, query: { uploads: '' }, headers })
    const id = textOf(new TextDecoder().decode(body), 'UploadId')
    if (id === null) throw new S3Error({ status: 200, code: 'NoUploadId' })
    return id
  }

  async #complete(uploadId: string): Promise<void> {
    const { client, key } = this.#upload
    const document = new TextEncoder().encode(completion(this.#parts))
    const headers = { 'if-none-match': '*' }
    const ask = { method: 'POST', key, query: { uploadId }, headers, body: document } as const
    try {
      const { body } = await client.send(ask)
      // It may say 200 first and find out afterwards that it failed.
      const code = textOf(new TextDecoder().decode(body), 'Code')
      if (code !== null) throw new S3Error({ status: 200, code })
    } catch (error) {
      // A second try comes too late when the first one succeeded unheard: the upload is gone, the object there.
      if (!isStatus(error, 404) && !isStatus(error, 412)) throw error
      if (!(await this.#isWhole())) throw error
    }
    this.#id = null
  }

  /** The digest of the parts' digests, as S3 keeps it. */
  async #isWhole(): Promise<boolean> {
    const { client, key } = this.#upload
    const headers = { 'x-amz-checksum-mode': 'ENABLED' }
    const head = await client.send({ method: 'HEAD', key, headers }).catch(() => null)
    const all = createHash('sha256')
    for (const { checksum } of this.#parts) all.update(Buffer.from(checksum, 'base64'))
    const expected = `${all.digest('base64')}-${this.#parts.length}`
    return head?.headers.get('x-amz-checksum-sha256') === expected
  }
}

const taken = (key: string): S3Error =>
  new S3Error({ status: 412, code: 'KeyTaken', message: `Somebody else wrote ${key}.` })

function completion(parts: readonly Part[]): string {
  const elements = parts.map(({ etag, checksum }, n) => {
    const tag = etag.replaceAll('"', '&quot;')
    return `<Part><PartNumber>${n + 1}</PartNumber><ETag>${tag}</ETag><ChecksumSHA256>${checksum}</ChecksumSHA256></Part>`
  })
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${elements.join('')}</CompleteMultipartUpload>`
}
