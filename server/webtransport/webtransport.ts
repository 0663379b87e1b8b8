// WebTransport as a whole: what is offered to clients, and the change of certificates. The library ties a port to one
// certificate for as long as any session of it lives. So the next certificate gets the next port: sessions go on where
// they began, new ones begin at the new port, and the old one is given back when the change after that needs it.
import { lookup } from 'node:dns/promises'
import { HoldfastError } from '@holdfast/protocol'
import type { OriginGuard } from '../http/origin-guard.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Certificate } from './certificate.ts'
import { type CertificateSource, certificateSource } from './certificate-source.ts'
import { Endpoint, type EndpointDeps } from './endpoint.ts'
import { type Library, loadLibrary } from './library.ts'
import type { StreamDeps } from './stream-connection.ts'
import type { WebTransportConfig } from './webtransport-settings.ts'

/** What /api/capabilities says (protocol §3). */
export type WebTransportOffer = {
  readonly url: string
  /** base64 of the sha256 of each certificate that may be shown; none = browsers know who signed it. */
  readonly hashes: readonly string[]
  /** The end of the certificate. */
  readonly expiresAt: string
}

export type WebTransportOptions = StreamDeps & {
  readonly config: WebTransportConfig
  readonly host: string
  readonly dataDir: string
  /** The last part of the path: unguessable, the same on all instances. */
  readonly door: string
  readonly guard: Pick<OriginGuard, 'checkHost'>
  readonly log: Log
  readonly metrics: Pick<Metrics, 'sessions' | 'webTransportSessions'>
  /** @default Date.now */
  readonly now?: () => number
}

type Made = { library: Library; source: CertificateSource; certificate: Certificate }

const LOOK_MS = 3_600_000
const BIND_TRIES = 40
const BIND_PAUSE_MS = 250
const PATH = '/webtransport/'

export class WebTransport {
  readonly #options: WebTransportOptions
  readonly #library: Library
  readonly #source: CertificateSource
  readonly #certificate: Certificate
  readonly #now: () => number
  #host = ''
  /** The lower of the two. */
  #port: number | null = null
  /** The newest first; none before it listens. */
  #endpoints: readonly Endpoint[] = []
  #timer: NodeJS.Timeout | undefined

  private constructor(options: WebTransportOptions, made: Made) {
    this.#options = options
    this.#library = made.library
    this.#source = made.source
    this.#certificate = made.certificate
    this.#now = options.now ?? Date.now
  }

  /**
   * Everything that can refuse the start but the port.
   * @throws HoldfastError `not_available` when the library does not load, `config_invalid` for files of the operator
   */
  static async prepare(options: WebTransportOptions): Promise<WebTransport> {
    const library = loadLibrary()
    const { dataDir, config, now = Date.now } = options
    const source = certificateSource(dataDir, config.files)
    return new WebTransport(options, { library, source, certificate: await source.current(now()) })
  }

  /** @throws HoldfastError `config_invalid` when the port is taken or the key is not the certificate's */
  async listen(tcpPort: number): Promise<void> {
    const { config, host } = this.#options
    this.#host = (await lookup(host)).address
    const port = config.port ?? tcpPort
    this.#port = port
    this.#endpoints = [await this.#bindSoon(port, this.#certificate)]
    this.#timer = setInterval(() => void this.renewIfDue(), LOOK_MS)
    this.#timer.unref()
    this.#options.log.info({ port }, `WebTransport is listening on UDP ${port}`)
  }

  /** Where pages may be connected to: sources of a content policy. */
  get addresses(): readonly string[] {
    const first = this.#port
    return first === null ? [] : [`https://*:${first}`, `https://*:${first + 1}`]
  }

  /** null = there is nothing to offer. `host`: the Host that the client used, checked. */
  offer(host: string): WebTransportOffer | null {
    const [newest] = this.#endpoints
    if (!newest || newest.certificate.expiresAtMs <= this.#now()) return null
    const url = new URL(`https://${host}`)
    url.port = String(newest.port)
    url.pathname = `${PATH}${this.#options.door}`
    const known = this.#endpoints.map(({ certificate }) => certificate)
    const valid = known.filter((one) => one.isPinned && one.expiresAtMs > this.#now())
    return {
      url: url.href,
      hashes: valid.map(({ hash }) => hash.toString('base64')),
      expiresAt: new Date(newest.certificate.expiresAtMs).toISOString(),
    }
  }

  /** Begins with the next certificate when it is time. Never rejects: what does not work now is tried again. */
  async renewIfDue(): Promise<void> {
    const { log } = this.#options
    try {
      const [newest, before] = this.#endpoints
      const certificate = await this.#source.current(this.#now())
      if (!newest || certificate.hash.equals(newest.certificate.hash)) return
      // Its certificate has expired, or will with the next change; sessions of so long ago go on by WebSocket.
      this.#endpoints = [newest]
      await before?.close()
      const port = newest.port === this.#port ? newest.port + 1 : newest.port - 1
      const next = await this.#bindSoon(port, certificate)
      this.#endpoints = [next, newest]
      log.info({ port: next.port }, 'WebTransport has its next certificate')
    } catch (error) {
      log.warn({ error }, 'the next certificate of WebTransport did not come; it is tried again')
    }
  }

  /** Takes no new sessions from now on. */
  drain(): void {
    clearInterval(this.#timer)
    for (const one of this.#endpoints) one.drain()
  }

  async close(): Promise<void> {
    this.drain()
    const all = this.#endpoints
    this.#endpoints = []
    await Promise.all(all.map((one) => one.close()))
  }

  /** QUIC holds a port for a while after the last session on it was closed, mostly for some moments. */
  async #bindSoon(port: number, certificate: Certificate): Promise<Endpoint> {
    for (let tries = 1; ; tries += 1) {
      try {
        return this.#bind(port, certificate)
      } catch (error) {
        if (tries === BIND_TRIES) throw error
        await new Promise((resolve) => setTimeout(resolve, BIND_PAUSE_MS))
      }
    }
  }

  #bind(port: number, certificate: Certificate): Endpoint {
    try {
      return new Endpoint({ host: this.#host, port }, certificate, this.#deps())
    } catch (cause) {
      const message = `HOLDFAST_WEBTRANSPORT: UDP port ${port} cannot be used: ${(cause as Error).message}. Set it to another port.`
      throw new HoldfastError('config_invalid', { message, cause })
    }
  }

  #deps(): EndpointDeps {
    const { ingest, limits, log, metrics, helloTimeoutMs } = this.#options
    return {
      ...{ ingest, limits, log, library: this.#library },
      ...(helloTimeoutMs !== undefined && { helloTimeoutMs }),
      isInvited: (url) => this.#isInvited(url),
      onStream: (change) => metrics.sessions.inc({ transport: 'webtransport' }, change),
      onSession: (outcome) => metrics.webTransportSessions.inc({ outcome }),
    }
  }

  #isInvited(url: URL): boolean {
    try {
      this.#options.guard.checkHost(url.host)
    } catch {
      return false
    }
    return url.pathname === `${PATH}${this.#options.door}`
  }
}
