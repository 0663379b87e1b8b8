// One UDP port with one certificate: takes sessions and knows those that are open. Who may come in is decided by the
// path, which only those know who may read /api/capabilities: the library shows no Origin and no address.
import type { Log } from '../observe/log.ts'
import type { Certificate } from './certificate.ts'
import type { Library, NativeRequest, NativeServer } from './library.ts'
import type { StreamDeps } from './stream-connection.ts'
import { TransportSession } from './transport-session.ts'

/** Over all clients; each costs some kB, and what is refused goes by WebSocket. */
const MAX_SESSIONS = 1024
/** Of these, such as have shown no token yet. */
const MAX_STRANGERS = 128
/** The longest that anybody waits for the end of a library call. */
const PATIENCE_MS = 1000

export type EndpointDeps = StreamDeps & {
  readonly library: Library
  readonly log: Log
  /** Whether somebody who asks for this address may come in. */
  readonly isInvited: (url: URL) => boolean
  readonly onStream: (change: 1 | -1) => void
  readonly onSession: (outcome: 'opened' | 'refused') => void
}

export type Address = { readonly host: string; readonly port: number }

export class Endpoint {
  readonly port: number
  readonly certificate: Certificate
  readonly #deps: EndpointDeps
  readonly #address: Address
  readonly #server: NativeServer
  readonly #sessions = new Set<TransportSession>()
  readonly #running: Promise<void>
  #isDraining = false
  #isClosing = false

  /** @throws when the port is taken, or the key does not fit the certificate */
  constructor(address: Address, certificate: Certificate, deps: EndpointDeps) {
    this.#deps = deps
    this.#address = address
    this.port = address.port
    this.certificate = certificate
    const { certPem, keyPem } = certificate
    const { NapiServer } = deps.library
    this.#server = NapiServer.bind(text(address), Buffer.from(certPem), Buffer.from(keyPem))
    this.#running = this.#run()
  }

  get openSessions(): number {
    return this.#sessions.size
  }

  /** Takes no new sessions from now on. */
  drain(): void {
    this.#isDraining = true
  }

  /** Ends every session and gives the port back. */
  async close(): Promise<void> {
    this.drain()
    this.#isClosing = true
    for (const session of this.#sessions) session.close(4503, 'This server is shutting down.')
    await this.#wake()
    const isOver = await within(PATIENCE_MS, this.#running)
    // Its own close would wait, with the whole thread, for an accept that still runs.
    if (isOver) this.#server.close()
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const request = await this.#server.accept()
        if (!request) return
        void this.#answer(request)
        if (this.#isClosing) return
      }
    } catch (error) {
      this.#deps.log.error({ error }, 'WebTransport takes no more sessions')
    }
  }

  async #answer(request: NativeRequest): Promise<void> {
    try {
      const status = this.#refusal(new URL(await request.url))
      this.#deps.onSession(status === null ? 'opened' : 'refused')
      if (status !== null) return await request.reject(status)
      const session = new TransportSession(await request.ok(), this.#deps)
      this.#sessions.add(session)
      await session.run().finally(() => this.#sessions.delete(session))
    } catch (error) {
      this.#deps.log.debug({ error }, 'a WebTransport session did not begin')
    }
  }

  #refusal(url: URL): number | null {
    if (!this.#deps.isInvited(url)) return 404
    const strangers = [...this.#sessions].filter(({ isAdmitted }) => !isAdmitted).length
    const isFull = this.#sessions.size >= MAX_SESSIONS || strangers >= MAX_STRANGERS
    return isFull || this.#isDraining ? 503 : null
  }

  /** An accept that waits cannot be called off: a visit of ours ends it. */
  async #wake(): Promise<void> {
    const { host, port } = this.#address
    const name = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
    const { NapiClient } = this.#deps.library
    const client = NapiClient.withCertificateHashes([this.certificate.hash])
    const visit = client.connect(`https://${text({ host: name, port })}/`)
    await within(
      PATIENCE_MS,
      visit.catch(() => undefined),
    )
  }
}

const text = ({ host, port }: Address): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

/** Whether it was done in time. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, ms, false)
  return await Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer))
}
