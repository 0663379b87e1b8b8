// Owns the HTTP rung: frames are gathered into POST bodies, one request at a time, and the JSON answers are
// read back into the frames that a WebSocket would have brought. WELCOME comes from /api/capabilities.
import {
  type ErrorBody,
  encodeStreamed,
  FLAG,
  FRAME,
  type Frame,
  frame,
  isErrorCode,
  joinBytes,
  jsonFrame,
  pingMsFor,
  type RecordingStatus,
  type TakeRanges,
  type Welcome,
  type WireLimits,
} from '@holdfast/protocol'
import type { Endpoint, Failure, Transport, TransportHandlers } from './transport.ts'
import { NO_ANSWER } from './transport.ts'

/** `text/plain` keeps a cross-origin POST free of a preflight. */
const BODY_TYPE = 'text/plain'
/** Room in a body for HELLO and the small frames. */
const SPARE_BYTES = 64 * 1024

type Answer = {
  status?: RecordingStatus
  version?: number
  acks?: readonly [take: number, seq: number][]
  nacks?: readonly ({ take: number; seq: number } & Omit<ErrorBody, 'message'>)[]
  /** Takes whose TAKE is durable. */
  takes?: readonly number[]
  /** The FINISH is durable. */
  finished?: boolean
  missing?: TakeRanges
  error?: ErrorBody
}

export function openHttp(endpoint: Endpoint, handlers: TransportHandlers): Transport {
  const transport = new HttpTransport(endpoint, handlers)
  void transport.open()
  return transport
}

class HttpTransport implements Transport {
  readonly rung = 'http'
  readonly #endpoint: Endpoint
  readonly #handlers: TransportHandlers
  readonly #abort = new AbortController()
  #queue: Frame[] = []
  #posting = false
  #maxBodyBytes = 0

  constructor(endpoint: Endpoint, handlers: TransportHandlers) {
    this.#endpoint = endpoint
    this.#handlers = handlers
  }

  get bufferedBytes(): number {
    return this.#queue.reduce((sum, { payload }) => sum + payload.length, 0)
  }

  async open(): Promise<void> {
    await this.#guard(async (signal) => {
      const url = new URL('/api/capabilities', this.#endpoint.server)
      const response = await fetch(url, { signal, cache: 'no-store' })
      if (!response.ok) return this.#end(await readFailure(response))
      const { limits, graceMs } = (await response.json()) as { limits: WireLimits; graceMs: number }
      this.#maxBodyBytes = limits.maxBodyBytes
      const pingMs = pingMsFor(graceMs)
      const status = 'recording'
      // Nothing is known of what is stored: `more` says that `have` is not the whole of it.
      const welcome: Welcome = { status, version: 0, have: {}, more: true, limits, pingMs, graceMs }
      this.#tell(jsonFrame(FRAME.WELCOME, welcome))
    })
  }

  send(frames: readonly Frame[]): void {
    this.#queue.push(...frames)
    if (!this.#posting) void this.#post()
  }

  close(): void {
    this.#abort.abort()
  }

  async #post(): Promise<void> {
    this.#posting = true
    await this.#guard(async (signal) => {
      while (this.#queue.length > 0) {
        const frames = this.#takeBody()
        const { id, token, server } = this.#endpoint
        const hello = jsonFrame(FRAME.HELLO, { v: 1, recording: id, token })
        const response = await fetch(new URL(`/api/recordings/${id}/frames`, server), {
          method: 'POST',
          body: joinBytes([hello, ...frames].map(encodeStreamed)),
          headers: { 'Content-Type': BODY_TYPE },
          signal,
        })
        // A proxy's error page is no answer of the server.
        const answer = (await response.json().catch(() => ({}))) as Answer
        this.#read(frames, answer, response.ok)
        if (!response.ok) return this.#end(failureOf(answer, response))
      }
    })
    this.#posting = false
  }

  /** As many frames as fit into one body, at least one. */
  #takeBody(): Frame[] {
    let bytes = SPARE_BYTES
    const index = this.#queue.findIndex(({ payload }, at) => {
      bytes += payload.length + 12
      return at > 0 && bytes > this.#maxBodyBytes
    })
    return this.#queue.splice(0, index === -1 ? this.#queue.length : index)
  }

  #read(frames: readonly Frame[], answer: Answer, isWhole: boolean): void {
    const { acks = [], nacks = [], takes = [], missing = {} } = answer
    for (const take of takes) this.#tell(frame(FRAME.ACK, { take, flags: FLAG.ackTake }))
    for (const [take, seq] of acks) this.#tell(frame(FRAME.ACK, { take, seq }))
    for (const { take, seq, ...body } of nacks)
      this.#tell(jsonFrame(FRAME.NACK, body, { take, seq }))
    if (!isWhole) return
    const { id } = this.#endpoint
    // The holes come first: nothing is called safe that the same answer knows to be missing.
    if (Object.keys(missing).length > 0) {
      this.#tell(jsonFrame(FRAME.EVENT, { type: 'missing', id, missing }))
    }
    if (answer.finished) this.#tell(frame(FRAME.ACK, { flags: FLAG.ackFinish }))
    const { status, version } = answer
    this.#tell(jsonFrame(FRAME.EVENT, { type: 'status', id, status, version, reason: null }))
    for (const { type, seq } of frames) {
      if (type === FRAME.PING) this.#tell(frame(FRAME.PONG, { seq }))
    }
  }

  #tell(value: Frame): void {
    if (!this.#abort.signal.aborted) this.#handlers.frame(value)
  }

  #end(failure: Failure): void {
    if (this.#abort.signal.aborted) return
    this.#abort.abort()
    this.#handlers.closed(failure)
  }

  /** A network failure is an end without an answer; after `close` nothing is told. */
  async #guard(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await work(this.#abort.signal)
    } catch {
      this.#end(NO_ANSWER)
    }
  }
}

/** Why a call failed, as the server said in its JSON and its Retry-After. */
export async function readFailure(response: Response): Promise<Failure> {
  const answer = (await response.json().catch(() => ({}))) as Answer
  return failureOf(answer, response)
}

function failureOf({ error }: Answer, { headers }: Response): Failure {
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN)
  return {
    code: error && isErrorCode(error.code) ? error.code : null,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
  }
}
