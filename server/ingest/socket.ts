// A session on a WebSocket or a WebTransport stream: order of the first frames, the window, pings, and a clean end.
//
//   open ──HELLO──▶ welcoming ──WELCOME──▶ open for frames ──error · close · shutdown──▶ closed
import {
  CHUNK_HEAD_BYTES,
  closeCode,
  decodeFrame,
  ERRORS,
  errorBody,
  FRAME,
  type Frame,
  HEAD_BYTES,
  HoldfastError,
  type HoldfastEvent,
  jsonFrame,
  maxFrameBytes,
  TIMING,
} from '@holdfast/protocol'
import type { Transport } from './chunk-intake.ts'
import type { IngestDeps } from './deps.ts'
import type { FrameSink, SocketSession, StreamSession } from './frame-sink.ts'
import { Outbox } from './outbox.ts'
import type { Replies } from './replies.ts'
import { Session } from './session.ts'
import { socketReplies } from './socket-replies.ts'
import { MAX_OTHER_FRAMES, Window } from './window.ts'

type SocketOptions = {
  deps: IngestDeps
  recordingId: string
  transport: Transport
  sink: FrameSink
  /** Subscribes to the recording's events; returns the way to end it. */
  subscribe: (recordingId: string, socket: Socket) => () => void
  onClosed: (socket: Socket) => void
}

export class Socket implements SocketSession, StreamSession {
  readonly #options: SocketOptions
  readonly #outbox: Outbox
  readonly #session: Session
  readonly #window: Window
  /** What is not a CHUNK. */
  readonly #others: Window
  readonly #replies: Replies
  /** Frames wait here until the HELLO is answered. */
  #opening: Promise<void> | null = null
  /** Events wait here until WELCOME was sent; null from then on. */
  #early: HoldfastEvent[] | null = []
  #unsubscribe: () => void = () => undefined
  #lastFrameAt = performance.now()
  readonly #openedAt = performance.now()
  /** The peer may be gone while its last frames are still being stored. */
  #isClosed = false
  /** We ended it: what waits is not taken any more. */
  #isRefused = false

  constructor(options: SocketOptions) {
    const { deps, recordingId, transport, sink } = options
    this.#options = options
    this.#window = new Window(deps.limits)
    this.#others = new Window({ ...deps.limits, window: MAX_OTHER_FRAMES })
    // A peer that does not read cannot be told why.
    this.#outbox = new Outbox(sink, () => this.#close(new HoldfastError('too_slow')))
    this.#replies = socketReplies((value) => this.#send(value))
    this.#session = new Session({
      deps,
      recordingId,
      token: null,
      transport,
      replies: this.#replies,
    })
  }

  onMessage(bytes: Uint8Array | null): void {
    if (this.#isClosed) return
    try {
      if (!bytes) throw new HoldfastError('bad_frame', { message: 'Frames are binary messages.' })
      this.onFrame(decodeFrame(bytes))
    } catch (error) {
      this.#fail(error)
    }
  }

  onFrame(value: Frame): void {
    if (this.#isClosed) return
    this.#lastFrameAt = performance.now()
    try {
      this.#accept(this.#checkLength(value))
    } catch (error) {
      this.#fail(error)
    }
  }

  onFault(error: HoldfastError): void {
    this.#fail(error)
  }

  async onFinished(): Promise<void> {
    await this.#opening
    await this.#session.settled()
    if (this.#isClosed) return
    this.#release()
    this.#options.sink.close(0, '')
  }

  onPong(): void {
    const isTrusted = performance.now() - this.#lastFrameAt < TIMING.pongTrustMs
    const { live } = this.#session
    if (live && isTrusted) this.#options.deps.signs.mark(live.id)
  }

  onDrain(): void {
    this.#outbox.drain()
  }

  onClose(): void {
    this.#release()
  }

  /** Something became true of the recording. */
  tell(event: HoldfastEvent): void {
    if (event.type === 'missing') this.#session.live?.noteMissing(event.missing)
    if (this.#early) this.#early.push(event)
    else this.#replies.event(event)
  }

  /** Called every ping interval: pings, and ends a connection that never said HELLO. */
  tick(): void {
    if (this.#isClosed) return
    const isSilent = !this.#opening && performance.now() - this.#openedAt > TIMING.helloTimeoutMs
    if (isSilent) this.#fail(new HoldfastError('too_slow', { message: 'No HELLO came.' }))
    else this.#options.sink.ping()
  }

  /** Finishes what was received, tells the client to reconnect, and closes. */
  async shutdown(): Promise<void> {
    await this.#session.settled()
    this.#fail(new HoldfastError('shutting_down'))
  }

  /** Ends the connection for a reason that the client is told. */
  end(error: HoldfastError): void {
    this.#fail(error)
  }

  /** A CHUNK that is too large is refused alone: its sender can split it and go on. */
  #checkLength(value: Frame): Frame {
    const max = maxFrameBytes(this.#options.deps.limits.maxChunkBytes)
    const length = HEAD_BYTES + value.payload.length
    if (value.type === FRAME.CHUNK || length <= max) return value
    throw new HoldfastError('frame_too_large', { details: { length, max } })
  }

  #accept(value: Frame): void {
    if (!this.#opening) {
      this.#opening = this.#open(value)
      return
    }
    this.#windowOf(value)?.open(bytesOf(value))
    void this.#opening.then(() => this.#receive(value)).catch((error) => this.#fail(error))
  }

  async #open(value: Frame): Promise<void> {
    try {
      const { recordingId, subscribe } = this.#options
      // Before WELCOME reads the status: what is committed in between must not be missed.
      this.#unsubscribe = subscribe(recordingId, this)
      await this.#session.hello(value)
      for (const event of this.#early ?? []) this.#replies.event(event)
      this.#early = null
    } catch (error) {
      this.#fail(error)
    }
  }

  async #receive(value: Frame): Promise<void> {
    if (this.#isRefused) return
    try {
      await this.#session.receive(value)
    } finally {
      this.#windowOf(value)?.close(bytesOf(value))
    }
  }

  /** null for a plain PING: it is answered without the ledger, so a burst of them is no burden. */
  #windowOf({ type, flags }: Frame): Window | null {
    if (type === FRAME.PING && flags === 0) return null
    return type === FRAME.CHUNK ? this.#window : this.#others
  }

  #send(value: Frame): void {
    if (!this.#isClosed) this.#outbox.send(value)
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return
    const { deps, recordingId } = this.#options
    const known = error instanceof HoldfastError ? error : null
    if (!known) deps.onFault(recordingId, error)
    const failure = known ?? new HoldfastError('unavailable', { cause: error })
    this.#send(jsonFrame(FRAME.ERROR, errorBody(failure)))
    this.#close(failure)
  }

  #close({ code }: HoldfastError): void {
    if (this.#isClosed) return
    this.#isRefused = true
    this.#release()
    this.#options.sink.close(closeCode(code), ERRORS[code].message)
  }

  #release(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#unsubscribe()
    this.#options.onClosed(this)
    void Promise.resolve(this.#opening).then(() => this.#session.end())
  }
}

/** A CHUNK counts its media bytes. */
function bytesOf({ type, payload }: Frame): number {
  return type === FRAME.CHUNK ? Math.max(0, payload.length - CHUNK_HEAD_BYTES) : payload.length
}
