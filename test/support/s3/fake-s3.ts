// A strict S3 on a real port, with one bucket. It refuses what S3 refuses (signatures, payload hashes, checksums,
// conditions, part sizes), and fails on request in the ways in which S3 and the network fail.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { S3Place } from '../../../server/store/store-place.ts'
import { type Answer, answerRequest, errorAnswer } from './answers.ts'
import { Bucket, type Leniency } from './bucket.ts'
import { checkSignature, type S3Keys, type S3Refusal, type S3Request } from './signature-check.ts'

export const KEYS: S3Keys = { accessKeyId: 'AKHOLDFAST', secretAccessKey: 'secret/with+signs' }
export const BUCKET = 'recordings'
export const REGION = 'eu-test-1'

export type Fault = {
  /** Which requests it hits. */
  when: (request: S3Request) => boolean
  /** How many of them. @default 1 */
  times?: number
  /** Changes the bucket first, as if somebody else had been quicker. */
  before?: (bucket: Bucket, request: S3Request) => void
  /** Answers so and does nothing. */
  refuse?: S3Refusal
  /** Resets the connection before anything is done. */
  isReset?: boolean
  /** Does what was asked, then never answers, or resets the connection, or answers so. */
  afterwards?: 'silence' | 'reset' | S3Refusal
  /** Resets the connection after so many bytes of the answer's body. */
  cutAt?: number
  /** Does nothing before this resolves. */
  until?: Promise<unknown>
}

export type FakeS3Options = Leniency & {
  keys?: S3Keys
  /** Entries of one page of a list. @default 1000 */
  pageSize?: number
  isVersioned?: boolean
  port?: number
}

export const isPut = ({ method, target }: S3Request): boolean =>
  method === 'PUT' && !target.includes('?')
export const isGet = ({ method, target }: S3Request): boolean =>
  method === 'GET' && !target.includes('?')

/** What a client is opened with. */
export const placeOf = ({ endpoint }: FakeS3): S3Place => ({
  ...{ kind: 's3', bucket: BUCKET, endpoint, region: REGION, prefix: '', keys: KEYS },
})

/** What a server is started with. */
export const envOf = ({ store }: FakeS3): Record<string, string> => ({
  HOLDFAST_STORE: store,
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
})

export class FakeS3 {
  readonly bucket: Bucket
  /** Every request, in the order in which they came. */
  readonly requests: S3Request[] = []
  /** Requests that the client gave up before there was an answer. */
  abandoned = 0
  readonly #options: FakeS3Options
  readonly #server: Server
  readonly #faults: (Fault & { left: number })[] = []
  #isPaused = false

  private constructor(options: FakeS3Options) {
    this.#options = options
    this.bucket = new Bucket(options)
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        // A test that is wrong itself must not look like a network that fails.
        console.error(error)
        response.destroy()
      })
    })
  }

  static async listen(options: FakeS3Options = {}): Promise<FakeS3> {
    const fake = new FakeS3(options)
    await new Promise<void>((resolve) => {
      fake.#server.listen(options.port ?? 0, '127.0.0.1', resolve)
    })
    return fake
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** As HOLDFAST_STORE. */
  get store(): string {
    return `s3://${BUCKET}?endpoint=${this.endpoint}&region=${REGION}`
  }

  fail(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 })
  }

  /** Nothing fails until `resume`. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
  }

  /** From now on nothing fails but what is asked for next. */
  recover(): void {
    this.#faults.length = 0
  }

  count(when: (request: S3Request) => boolean): number {
    return this.requests.filter(when).length
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    this.#server.closeAllConnections()
    return closed
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message)
    this.requests.push(request)
    response.on('close', () => {
      if (!response.writableEnded) this.abandoned += 1
    })
    const { keys = KEYS } = this.#options
    const refusal = checkSignature(request, { keys, region: REGION, now: Date.now() })
    if (refusal) return send(response, errorAnswer(refusal, request))
    const fault = this.#take(request)
    await fault?.until
    fault?.before?.(this.bucket, request)
    if (fault?.isReset) return void response.socket?.destroy()
    if (fault?.refuse) return send(response, errorAnswer(fault.refuse, request))
    const answer = answerRequest({ bucket: this.bucket, name: BUCKET, ...this.#options }, request)
    if (fault?.afterwards === 'silence') return
    if (fault?.afterwards === 'reset') return void response.socket?.destroy()
    if (fault?.afterwards) return send(response, errorAnswer(fault.afterwards, request))
    send(response, answer, fault?.cutAt)
  }

  #take(request: S3Request): Fault | null {
    if (this.#isPaused) return null
    const fault = this.#faults.find((one) => one.left > 0 && one.when(request))
    if (fault) fault.left -= 1
    return fault ?? null
  }
}

async function readRequest(message: IncomingMessage): Promise<S3Request> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part)
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)])
  return {
    method: message.method ?? '',
    target: message.url ?? '',
    headers: Object.fromEntries(headers),
    body: Buffer.concat(parts),
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer, cutAt?: number): void {
  // Of an answer to HEAD the length is that of the object.
  response.writeHead(status, { 'content-length': body.length, ...headers })
  if (cutAt === undefined) response.end(body)
  else response.write(body.subarray(0, cutAt), () => response.socket?.destroy())
}
