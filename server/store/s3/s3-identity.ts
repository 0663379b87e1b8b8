// A bucket's id, as an object of its own: one of several who put it at once wins, and all read the same.
import { HoldfastError } from '@holdfast/protocol'
import { STORE_ID, type StoreIdentity } from '../store-identity.ts'
import type { S3Place } from '../store-place.ts'
import type { S3Client } from './s3-client.ts'
import { isStatus } from './s3-error.ts'
import { putNew } from './s3-put.ts'

export class S3Identity implements StoreIdentity {
  readonly where: string
  readonly #client: S3Client
  readonly #key: string

  constructor(client: S3Client, { bucket, prefix }: Pick<S3Place, 'bucket' | 'prefix'>) {
    this.where = `s3://${bucket}/${prefix}`
    this.#client = client
    this.#key = `${prefix}${STORE_ID}`
  }

  async read(): Promise<string | null> {
    try {
      const { body } = await this.#client.send({ method: 'GET', key: this.#key })
      return new TextDecoder().decode(body).trim()
    } catch (cause) {
      if (isStatus(cause, 404)) return null
      throw new HoldfastError('store_failed', { cause })
    }
  }

  async make(id: string): Promise<string> {
    try {
      const body = new TextEncoder().encode(`${id}\n`) as Uint8Array<ArrayBuffer>
      if ((await putNew(this.#client, this.#key, body)) === 'stored') return id
    } catch (cause) {
      throw new HoldfastError('store_failed', { cause })
    }
    return (await this.read()) ?? id
  }
}
