// One bucket behind an S3 API: signs a request, sends it, and sends it again while nobody can know what became of it. All
// that is asked of it may be repeated (R12): what a second try does must be what the first did, or be refused.
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsV4Signer } from 'aws4fetch'
import type { S3Place } from '../store-place.ts'
import { S3Error, textOf } from './s3-error.ts'

export type S3Ask = {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Of an object; empty = the bucket itself. */
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array<ArrayBuffer>
  /** The body's, where it is known already. */
  readonly sha256?: Buffer
  /** Gives the request up. */
  readonly signal?: AbortSignal
  /** The only status that will do. @default any 2xx */
  readonly status?: number
  /** @default those of the client */
  readonly tries?: Partial<Tries>
}

export type S3Answer = { readonly headers: Headers; readonly body: Uint8Array<ArrayBuffer> }

export type Tries = {
  readonly times: number
  /** The first pause; each further one is twice as long, less a random part. */
  readonly pauseMs: number
  /** How long one try may take, and as much again for every `BYTES_PER_WAIT`. */
  readonly waitMs: number
}

/** Together at most a good minute, in which whoever waits for an ack may be refused and try elsewhere. */
const TRIES: Tries = { times: 4, pauseMs: 150, waitMs: 10_000 }
const BYTES_PER_WAIT = 8 * 1024 * 1024

const EMPTY = new Uint8Array(0)
const NO_BYTES_SHA256 = createHash('sha256').digest()

export class S3Client {
  readonly #place: S3Place
  readonly #tries: Tries
  /** Signing keys of the day. */
  readonly #cache = new Map<string, ArrayBuffer>()

  constructor(place: S3Place, tries: Partial<Tries> = {}) {
    this.#place = place
    this.#tries = { ...TRIES, ...tries }
  }

  /**
   * Resolves with an answer that says yes.
   * @throws S3Error what the store refused, or how often nothing came of it; `signal.reason`
   */
  async send(ask: S3Ask): Promise<S3Answer> {
    const { times, pauseMs, waitMs } = { ...this.#tries, ...ask.tries }
    for (let n = 1; ; n += 1) {
      try {
        return await this.#once(ask, waitMs)
      } catch (error) {
        ask.signal?.throwIfAborted()
        if (!(error instanceof S3Error) || !error.mayPass || n >= times) throw error
        const pause = pauseMs * 2 ** (n - 1)
        // Those who were refused together must not come back together.
        await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal: ask.signal })
      }
    }
  }

  async #once(ask: S3Ask, waitMs: number): Promise<S3Answer> {
    const { method, body, status } = ask
    const { url, headers } = await this.#sign(ask)
    const late = new AbortController()
    const bytes = Math.max(body?.length ?? 0, rangeBytes(ask))
    const timer = setTimeout(() => late.abort(), waitMs * (1 + bytes / BYTES_PER_WAIT))
    const signal = ask.signal ? AbortSignal.any([ask.signal, late.signal]) : late.signal
    try {
      const sent = { method, headers, signal, redirect: 'manual', ...(body && { body }) } as const
      const response = await fetch(url, sent)
      const isWanted = status === undefined ? response.ok : response.status === status
      if (!isWanted) throw await refusal(response)
      return { headers: response.headers, body: await wholeBody(method, response) }
    } catch (error) {
      if (error instanceof S3Error) throw error
      throw new S3Error({ status: 0, code: late.signal.aborted ? 'TimedOut' : 'Network' }, error)
    } finally {
      clearTimeout(timer)
    }
  }

  async #sign({ method, key, query, headers, body, sha256 }: S3Ask) {
    const { endpoint, bucket, region, keys } = this.#place
    const url = new URL(`${endpoint}/${bucket}${key === '' ? '' : `/${key}`}`)
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
    const hash = sha256 ?? (body ? createHash('sha256').update(body).digest() : NO_BYTES_SHA256)
    const signer = new AwsV4Signer({
      ...{ method, url: url.href, region, service: 's3', cache: this.#cache, ...keys },
      headers: { ...headers, 'x-amz-content-sha256': hash.toString('hex') },
    })
    return await signer.sign()
  }
}

/** What a ranged GET brings takes as long as what a PUT takes there. */
function rangeBytes({ headers }: S3Ask): number {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers?.range ?? '') ?? []
  return from === undefined ? 0 : Number(to) - Number(from)
}

/** A connection that ends early is not everywhere an error. */
async function wholeBody(method: string, response: Response): Promise<Uint8Array<ArrayBuffer>> {
  if (method === 'HEAD') return EMPTY
  const body = new Uint8Array(await response.arrayBuffer())
  const length = response.headers.get('content-length')
  if (length === null || Number(length) === body.length) return body
  throw new S3Error({ status: 0, code: 'CutOff' })
}

async function refusal(response: Response): Promise<S3Error> {
  const { status, headers } = response
  // What is not an error document may be as long as an object.
  const isDocument = !response.ok && Number(headers.get('content-length') ?? 0) < 65_536
  const text = isDocument ? await response.text() : ''
  if (!isDocument) await response.body?.cancel()
  const code = textOf(text, 'Code') ?? `Status${status}`
  const region = headers.get('x-amz-bucket-region') ?? textOf(text, 'Region')
  return new S3Error({ status, code, region, message: textOf(text, 'Message') })
}
