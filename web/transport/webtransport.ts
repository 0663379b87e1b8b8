// Owns the WebTransport rung: one session with one bidirectional stream, on which each frame goes behind its length.
import {
  encodeStreamed,
  FRAME,
  type Frame,
  FrameStreamDecoder,
  fromBase64,
  jsonFrame,
} from '@holdfast/protocol'
import type { Endpoint, Failure, Transport, TransportHandlers } from './transport.ts'
import { failureOfClose, NO_ANSWER } from './transport.ts'
import type { Offer } from './webtransport-offer.ts'

/** Where UDP is swallowed nothing ever says so. */
const OPEN_TIMEOUT_MS = 3_000
/** More than any answer: WELCOME is the longest. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

export class WebTransportTransport implements Transport {
  readonly rung = 'webtransport'
  readonly #handlers: TransportHandlers
  readonly #session: WebTransport
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null
  #bufferedBytes = 0
  #isOver = false

  /** @throws when the browser refuses the address or the hashes */
  constructor({ url, hashes }: Offer, endpoint: Endpoint, handlers: TransportHandlers) {
    this.#handlers = handlers
    const known = hashes.flatMap((hash) => fromBase64(hash) ?? [])
    const serverCertificateHashes = known.map((value) => ({ algorithm: 'sha-256', value }))
    // Without hashes the browser checks the certificate as it does everywhere.
    this.#session = new WebTransport(url, known.length > 0 ? { serverCertificateHashes } : {})
    this.#session.closed.then(
      ({ closeCode }) => this.#end(failureOfClose(closeCode)),
      () => this.#end(NO_ANSWER),
    )
    void this.#run(endpoint)
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  send(frames: readonly Frame[]): void {
    for (const frame of frames) this.#write(encodeStreamed(frame))
  }

  close(): void {
    this.#isOver = true
    // Throws while the session is not there yet; then it has nothing to end.
    try {
      this.#session.close()
    } catch {
      this.#writer = null
    }
  }

  async #run({ id, token }: Endpoint): Promise<void> {
    const timer = setTimeout(() => this.#end(NO_ANSWER), OPEN_TIMEOUT_MS)
    try {
      await this.#session.ready
      const { readable, writable } = await this.#session.createBidirectionalStream()
      this.#writer = writable.getWriter()
      this.send([jsonFrame(FRAME.HELLO, { v: 1, recording: id, token })])
      clearTimeout(timer)
      await this.#read(readable)
    } catch {
      // Closed, reset, or not a stream of frames: as good as no connection.
    } finally {
      clearTimeout(timer)
    }
    this.#end(NO_ANSWER)
  }

  async #read(readable: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new FrameStreamDecoder(MAX_ANSWER_BYTES)
    const reader = readable.getReader()
    for (;;) {
      const { value, done } = await reader.read()
      if (done || this.#isOver) return
      for (const frame of decoder.push(value)) if (!this.#isOver) this.#handlers.frame(frame)
    }
  }

  #write(bytes: Uint8Array): void {
    if (!this.#writer || this.#isOver) return
    this.#bufferedBytes += bytes.length
    const written = () => {
      this.#bufferedBytes -= bytes.length
    }
    // A write that fails is heard of by the end of the session.
    this.#writer.write(bytes).then(written, written)
  }

  #end(failure: Failure): void {
    if (this.#isOver) return
    this.close()
    this.#handlers.closed(failure)
  }
}
