// One bidirectional stream: a connection like a WebSocket. Its bytes become frames, its first frame must be HELLO, and
// until that is answered nothing more is read: who has not shown a token cannot fill memory.
//
//   begins ──HELLO──▶ waits for the answer ──WELCOME──▶ frames ──FIN · reset · error · shutdown──▶ over
import {
  closeCode,
  ERRORS,
  encodeFrame,
  errorBody,
  FRAME,
  type Frame,
  FrameStreamDecoder,
  HoldfastError,
  jsonFrame,
  maxFrameBytes,
  readHello,
  readJson,
  TIMING,
  type WireLimits,
} from '@holdfast/protocol'
import { maxMessageBytes } from '../http/listener.ts'
import type { StreamSession } from '../ingest/frame-sink.ts'
import type { Ingest } from '../ingest/index.ts'
import type { NativeReceiver, NativeStream } from './library.ts'
import { type StreamEnd, StreamSink } from './stream-sink.ts'

/** A HELLO is an id, a token and whatever a later version adds. */
const HELLO_BYTES = 16 * 1024
/** One read; QUIC holds the sender back while we do not read. */
const READ_BYTES = 256 * 1024

export type StreamDeps = {
  readonly ingest: Pick<Ingest, 'openStream'>
  readonly limits: WireLimits
  /** @default TIMING.helloTimeoutMs */
  readonly helloTimeoutMs?: number
}

type Owner = {
  /** WELCOME was sent. */
  onAdmitted: () => void
  onEnd: (end: StreamEnd) => void
}

export class StreamConnection {
  readonly #deps: StreamDeps
  readonly #owner: Owner
  readonly #receiver: NativeReceiver
  readonly #sink: StreamSink
  readonly #decoder = new FrameStreamDecoder(HELLO_BYTES)
  /** Resolves with the first word to the peer, or with the end. */
  readonly #answered = Promise.withResolvers<void>()
  #session: StreamSession | null = null
  #isOver = false

  constructor(stream: NativeStream, deps: StreamDeps, owner: Owner) {
    this.#deps = deps
    this.#owner = owner
    this.#receiver = stream.takeRecv()
    this.#sink = new StreamSink({
      sender: stream.takeSend(),
      onDrain: () => this.#session?.onDrain(),
      onEnd: (end) => this.#end(end),
      onGone: () => this.#gone(),
    })
  }

  /** Resolves when nothing more is read. */
  async run(): Promise<void> {
    const patience = this.#deps.helloTimeoutMs ?? TIMING.helloTimeoutMs
    const timer = setTimeout(() => this.#giveUp(), patience)
    try {
      await this.#read()
    } catch (error) {
      if (error instanceof HoldfastError) this.#refuse(error)
      else this.#gone()
    } finally {
      clearTimeout(timer)
    }
  }

  async #read(): Promise<void> {
    for (;;) {
      const bytes = await this.#receiver.read(READ_BYTES)
      if (this.#isOver) return bytes ? await this.#receiver.stop(0) : undefined
      if (bytes === null) return await this.#finished()
      for (const value of this.#decoder.push(bytes)) await this.#take(value)
    }
  }

  async #take(value: Frame): Promise<void> {
    if (this.#session) {
      this.#session.onFrame(value)
      return
    }
    this.#session = this.#open(value)
    this.#session.onFrame(value)
    await this.#answered.promise
    // As on a WebSocket: twice the longest, so that a frame that is too long gets its answer.
    const longest = maxMessageBytes(maxFrameBytes(this.#deps.limits.maxChunkBytes))
    this.#decoder.allow(longest)
  }

  /** @throws HoldfastError `bad_frame`, `version_unsupported` when it is no HELLO */
  #open(value: Frame): StreamSession {
    if (value.type !== FRAME.HELLO) {
      throw new HoldfastError('bad_frame', { message: 'The first frame must be HELLO.' })
    }
    const { recording } = readHello(readJson(value))
    return this.#deps.ingest.openStream(recording, {
      send: (bytes) => {
        if (bytes[0] === FRAME.WELCOME) this.#owner.onAdmitted()
        const result = this.#sink.send(bytes)
        this.#answered.resolve()
        return result
      },
      ping: () => this.#sink.ping(),
      close: (code, reason) => this.#sink.close(code, reason),
    })
  }

  async #finished(): Promise<void> {
    this.#decoder.end()
    if (this.#session) await this.#session.onFinished()
    else this.#sink.close(0, '')
  }

  #giveUp(): void {
    if (!this.#session) this.#refuse(new HoldfastError('too_slow', { message: 'No HELLO came.' }))
  }

  #refuse(error: HoldfastError): void {
    if (this.#session) {
      this.#session.onFault(error)
      return
    }
    if (this.#isOver) return
    this.#sink.send(encodeFrame(jsonFrame(FRAME.ERROR, errorBody(error))))
    this.#sink.close(closeCode(error.code), ERRORS[error.code].message)
  }

  #gone(): void {
    this.#end({ code: 0, reason: '', isStuck: false })
  }

  #end(end: StreamEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#answered.resolve()
    this.#session?.onClose()
    this.#owner.onEnd(end)
  }
}
