// Frames on their way into a WebTransport stream, each behind its length. The library takes one write at a time and lets
// it wait while the peer does not read: what comes meanwhile waits here, within a bound, and leaves as one write.
import { joinBytes } from '@holdfast/protocol'
import { SOCKET_BACKLOG_BYTES } from '../http/listener.ts'
import type { FrameSink, SendResult } from '../ingest/frame-sink.ts'
import type { NativeSender } from './library.ts'

/** More than this waiting is a peer that reads slowly: the session holds back then. */
const FULL_BYTES = 64 * 1024

/** The end that was asked for. `isStuck`: the peer does not read, and only the end of its session ends the stream. */
export type StreamEnd = { code: number; reason: string; isStuck: boolean }

type SinkOptions = {
  sender: NativeSender
  /** Frames may be sent again after `queued`. */
  onDrain: () => void
  onEnd: (end: StreamEnd) => void
  /** The stream or its session is gone. */
  onGone: () => void
}

/** A peer that does not read its last words gets them no later. */
const LAST_WORDS_MS = 2000

export class StreamSink implements FrameSink {
  readonly #options: SinkOptions
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #writing: Promise<void> | null = null
  #isFull = false
  #isClosed = false

  constructor(options: SinkOptions) {
    this.#options = options
  }

  send(bytes: Uint8Array): SendResult {
    if (this.#isClosed || this.#waitingBytes > SOCKET_BACKLOG_BYTES) return 'dropped'
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, bytes.length)
    this.#waiting.push(length, bytes)
    this.#waitingBytes += length.length + bytes.length
    this.#writing ??= this.#write()
    this.#isFull = this.#waitingBytes > FULL_BYTES
    return this.#isFull ? 'queued' : 'sent'
  }

  /** QUIC finds out by itself that a peer is gone, and recorders send PING. */
  ping(): void {
    // Nothing to send.
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    void this.#finish().then((isStuck) => this.#options.onEnd({ code, reason, isStuck }))
  }

  /** Resolves with whether the peer does not read. */
  async #finish(): Promise<boolean> {
    const finished = Promise.resolve(this.#writing).then(() => this.#options.sender.finish())
    // A stream that is gone needs no finish.
    const isDone = finished.catch(() => undefined).then(() => false)
    const { promise: late, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(resolve, LAST_WORDS_MS, true)
    return await Promise.race([isDone, late]).finally(() => clearTimeout(timer))
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = joinBytes(this.#waiting)
        this.#waiting = []
        await this.#options.sender.write(Buffer.from(batch.buffer))
        this.#waitingBytes -= batch.length
        this.#drained()
      }
    } catch {
      this.#isClosed = true
      this.#options.onGone()
    } finally {
      this.#writing = null
    }
  }

  #drained(): void {
    if (!this.#isFull || this.#waitingBytes > FULL_BYTES || this.#isClosed) return
    this.#isFull = false
    this.#options.onDrain()
  }
}
