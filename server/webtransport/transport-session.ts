// One WebTransport session of a client: a few streams, each a connection of its own. Whoever opens more than that, or
// streams of another kind, or shows no token in time, is sent away with all that it opened.
import { closeCode, TIMING } from '@holdfast/protocol'
import type { NativeSession, NativeStream } from './library.ts'
import { StreamConnection, type StreamDeps } from './stream-connection.ts'
import type { StreamEnd } from './stream-sink.ts'

/** A page has one for each recording, and more for a moment while it changes over. */
const MAX_STREAMS = 16
/** A client that was told the end of its last stream ends the session itself within this time. */
const LINGER_MS = 1000
const MISUSE = 4400

type SessionDeps = StreamDeps & {
  /** A stream began or ended. */
  readonly onStream: (change: 1 | -1) => void
}

export class TransportSession {
  readonly #native: NativeSession
  readonly #deps: SessionDeps
  readonly #streams = new Set<StreamConnection>()
  readonly #deadline: NodeJS.Timeout
  #linger: NodeJS.Timeout | undefined
  #isAdmitted = false

  constructor(native: NativeSession, deps: SessionDeps) {
    this.#native = native
    this.#deps = deps
    const patience = (deps.helloTimeoutMs ?? TIMING.helloTimeoutMs) + LINGER_MS
    this.#deadline = setTimeout(() => this.close(closeCode('too_slow'), 'No HELLO came.'), patience)
  }

  /** One of its streams has shown a token. */
  get isAdmitted(): boolean {
    return this.#isAdmitted
  }

  /** Resolves when the session is over. */
  async run(): Promise<void> {
    void this.#refuseOthers()
    try {
      for (;;) this.#begin(await this.#native.acceptBi())
    } catch {
      // The session is over. Its streams notice by themselves.
    } finally {
      clearTimeout(this.#deadline)
      clearTimeout(this.#linger)
    }
  }

  /** Ends it and its streams at once. */
  close(code: number, reason: string): void {
    this.#native.close(code, reason)
  }

  #begin(native: NativeStream): void {
    clearTimeout(this.#linger)
    if (this.#streams.size >= MAX_STREAMS) {
      this.close(MISUSE, 'Too many streams.')
      return
    }
    const stream: StreamConnection = new StreamConnection(native, this.#deps, {
      onAdmitted: () => this.#admitted(),
      onEnd: (end) => this.#ended(stream, end),
    })
    this.#streams.add(stream)
    this.#deps.onStream(1)
    void stream.run()
  }

  #admitted(): void {
    this.#isAdmitted = true
    clearTimeout(this.#deadline)
  }

  #ended(stream: StreamConnection, { code, reason, isStuck }: StreamEnd): void {
    this.#streams.delete(stream)
    this.#deps.onStream(-1)
    if (isStuck) this.close(code, reason)
    else if (this.#streams.size === 0) {
      this.#linger = setTimeout(() => this.close(code, reason), LINGER_MS)
    }
  }

  /** Nobody reads them: they would only fill memory. */
  async #refuseOthers(): Promise<void> {
    try {
      await this.#native.acceptUni()
      this.close(MISUSE, 'Only bidirectional streams are taken.')
    } catch {
      // The session ended before one came.
    }
  }
}
