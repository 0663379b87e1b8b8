// The wire over one bidirectional stream of a WebTransport session, as a stranger would write it from docs/api.md: the
// address and the hashes come from /api/capabilities, and each frame goes behind its length.
import type { Library, NativeSession, NativeStream } from '../../server/webtransport/library.ts'
import type { Made } from './wire-client.ts'
import { WireConnection } from './wire-connection.ts'
import { type Bytes, hello, parse, streamed, TYPE } from './wire-frames.ts'

export type Offer = { url: string; hashes: string[]; expiresAt: string }

export async function offerOf(server: string): Promise<Offer | null> {
  const response = await fetch(`${server}/api/capabilities`)
  return ((await response.json()) as { webtransport: Offer | null }).webtransport
}

/** A session, as a browser opens it: only these certificates are good enough. */
export async function openSession(
  { NapiClient }: Library,
  { url, hashes }: Offer,
): Promise<NativeSession> {
  const client = NapiClient.withCertificateHashes(hashes.map((one) => Buffer.from(one, 'base64')))
  return await client.connect(url)
}

export class WireStream extends WireConnection {
  readonly session: NativeSession
  readonly #sender: ReturnType<NativeStream['takeSend']>
  readonly #receiver: ReturnType<NativeStream['takeRecv']>
  #sending: Promise<unknown> = Promise.resolve()
  /** The server has said its last word on this stream. */
  isFinished = false

  private constructor(session: NativeSession, stream: NativeStream) {
    super()
    this.session = session
    this.#sender = stream.takeSend()
    this.#receiver = stream.takeRecv()
    void this.#read()
    void session.closed().then(({ closeCode }) => {
      this.closeCode = closeCode
    })
  }

  static async open(session: NativeSession): Promise<WireStream> {
    return new WireStream(session, await session.openBi())
  }

  /** A session of its own, and a stream on it. */
  static async connect(library: Library, server: string): Promise<WireStream> {
    const offer = await offerOf(server)
    if (!offer) throw new Error('no WebTransport is offered')
    return await WireStream.open(await openSession(library, offer))
  }

  /** The same, HELLO sent, WELCOME received. */
  static async greet(library: Library, server: string, { id, token }: Made): Promise<WireStream> {
    const client = await WireStream.connect(library, server)
    client.send(hello(id, token))
    await client.next(TYPE.WELCOME)
    return client
  }

  get isOpen(): boolean {
    return this.closeCode === null && !this.isFinished
  }

  send(...frames: readonly Bytes[]): void {
    this.sendBytes(streamed(...frames))
  }

  /** As they are, with no length before them. */
  sendBytes(bytes: Bytes): void {
    this.#after(() => this.#sender.write(Buffer.from(bytes)))
  }

  /** Sends no more, and reads on. */
  finish(): void {
    this.#after(() => this.#sender.finish())
  }

  /** Ends the stream in the middle, whatever was sent. */
  async reset(): Promise<void> {
    await this.#sending
    await this.#sender.reset(7)
  }

  close(): void {
    void this.#sending.then(() => this.session.close(0, ''))
  }

  #after(work: () => Promise<void>): void {
    // What the server does not take any more is answered by its close.
    this.#sending = this.#sending.then(work).catch(() => undefined)
  }

  async #read(): Promise<void> {
    let rest: Buffer = Buffer.alloc(0)
    try {
      for (;;) {
        const bytes = await this.#receiver.read(65_536)
        if (!bytes) break
        rest = Buffer.concat([rest, bytes])
        while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
          const end = 4 + rest.readUInt32BE(0)
          this.frames.push(parse(new Uint8Array(rest.subarray(4, end))))
          rest = rest.subarray(end)
        }
      }
    } catch {
      // The session is gone.
    }
    this.isFinished = true
  }
}
