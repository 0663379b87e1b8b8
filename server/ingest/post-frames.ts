// POST …/frames: a frame stream in one request body, the rung below the WebSocket and the beacon's call.
import {
  FRAME,
  type Frame,
  FrameStreamDecoder,
  HoldfastError,
  maxFrameBytes,
} from '@holdfast/protocol'
import type { Transport } from './chunk-intake.ts'
import type { IngestDeps } from './deps.ts'
import { CollectedReplies, errorAnswer, type HttpAnswer, standing } from './http-answer.ts'
import { Session } from './session.ts'

export type FramesRequest = {
  recordingId: string
  /** From the Authorization header; null when HELLO carries it. */
  token: string | null
  body: AsyncIterable<Uint8Array>
  transport: Transport
}

/** Never rejects: what was stored before a failure is listed beside it. */
export async function postFrames(deps: IngestDeps, request: FramesRequest): Promise<HttpAnswer> {
  const { recordingId, token, transport } = request
  const replies = new CollectedReplies()
  const session = new Session({ deps, recordingId, token, transport, replies })
  try {
    await new BodyReader(deps, session, request).read()
    await session.settled()
    const { acks, nacks, takes, isFinished: finished } = replies
    const body = { ...(await standing(deps, recordingId)), acks, nacks, takes, finished }
    return { status: 200, body }
  } catch (error) {
    if (!(error instanceof HoldfastError)) deps.onFault(recordingId, error)
    await session.settled()
    return errorAnswer(error, replies)
  } finally {
    await session.end()
  }
}

class BodyReader {
  readonly #deps: IngestDeps
  readonly #session: Session
  readonly #request: FramesRequest
  readonly #pending = new Set<Promise<void>>()
  #failure: unknown = null
  #bodyBytes = 0

  constructor(deps: IngestDeps, session: Session, request: FramesRequest) {
    this.#deps = deps
    this.#session = session
    this.#request = request
  }

  async read(): Promise<void> {
    const { limits } = this.#deps
    const decoder = new FrameStreamDecoder(maxFrameBytes(limits.maxChunkBytes))
    for await (const bytes of this.#request.body) {
      this.#bodyBytes += bytes.length
      if (this.#bodyBytes > limits.maxBodyBytes) throw new HoldfastError('body_too_large')
      for (const value of decoder.push(bytes)) await this.#accept(value)
    }
    decoder.end()
    await Promise.all(this.#pending)
    if (this.#failure) throw this.#failure
    // An empty body still needs its token checked.
    if (!this.#session.live) await this.#session.admit(this.#request.token)
  }

  /** Takes one frame; waits while a window's worth is unanswered, so that the sender is held back. */
  async #accept(value: Frame): Promise<void> {
    if (!this.#session.live) {
      if (value.type === FRAME.HELLO) return await this.#session.hello(value)
      await this.#session.admit(this.#request.token)
    }
    if (value.type === FRAME.HELLO) return
    const work = this.#session.receive(value).catch((error) => {
      this.#failure ??= error
    })
    this.#pending.add(work)
    void work.then(() => this.#pending.delete(work))
    while (this.#pending.size >= this.#deps.limits.window) await Promise.race(this.#pending)
    if (this.#failure) throw this.#failure
  }
}
