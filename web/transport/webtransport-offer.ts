// Owns the way to the WebTransport rung: asks the server whether it offers it, and only then fetches the code for it.
import type { Frame } from '@holdfast/protocol'
import type { Endpoint, Failure, Transport, TransportHandlers } from './transport.ts'
import { NO_ANSWER } from './transport.ts'

/** As /api/capabilities says (protocol §3): base64 of sha256, empty when browsers trust the certificate by itself. */
export type Offer = { readonly url: string; readonly hashes: readonly string[] }

const NOT_OFFERED: Failure = { code: 'not_available', retryAfterMs: null }

/** Servers that offered none: asked again by the next page. */
const without = new Set<string>()

export function openWebTransport(endpoint: Endpoint, handlers: TransportHandlers): Transport {
  const transport = new OfferedTransport(endpoint, handlers)
  void transport.open()
  return transport
}

class OfferedTransport implements Transport {
  readonly rung = 'webtransport'
  readonly #endpoint: Endpoint
  readonly #handlers: TransportHandlers
  readonly #abort = new AbortController()
  #inner: Transport | null = null

  constructor(endpoint: Endpoint, handlers: TransportHandlers) {
    this.#endpoint = endpoint
    this.#handlers = handlers
  }

  get bufferedBytes(): number {
    return this.#inner?.bufferedBytes ?? 0
  }

  async open(): Promise<void> {
    const { signal } = this.#abort
    try {
      const offer = await askOffer(this.#endpoint.server, signal)
      if (!offer) return this.#end(NOT_OFFERED)
      const { WebTransportTransport } = await import('./webtransport.ts')
      if (signal.aborted) return
      this.#inner = new WebTransportTransport(offer, this.#endpoint, this.#handlers)
    } catch {
      this.#end(NO_ANSWER)
    }
  }

  send(frames: readonly Frame[]): void {
    this.#inner?.send(frames)
  }

  close(): void {
    this.#abort.abort()
    this.#inner?.close()
  }

  #end(failure: Failure): void {
    if (this.#abort.signal.aborted) return
    this.#abort.abort()
    // Never from inside the call that opens it.
    queueMicrotask(() => this.#handlers.closed(failure))
  }
}

async function askOffer(server: string, signal: AbortSignal): Promise<Offer | null> {
  if (without.has(server)) return null
  const url = new URL('/api/capabilities', server)
  const response = await fetch(url, { signal, cache: 'no-store' })
  if (!response.ok) throw new Error(`capabilities: ${response.status}`)
  const { webtransport = null } = (await response.json()) as { webtransport?: Offer | null }
  if (!webtransport) without.add(server)
  return webtransport
}
