// Somebody else's server that takes webhooks: keeps what it got, and answers what the test says.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HoldfastEvent } from '@holdfast/protocol'
import { Webhook } from 'standardwebhooks'
import { waitFor } from './wait-for.ts'

export type Received = {
  path: string
  body: string
  headers: Record<string, string>
  event: HoldfastEvent
}

export class WebhookReceiver {
  readonly received: Received[] = []
  /** How it answers: a status, or a place to be redirected to. */
  answer: number | string = 204
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy())
    })
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver()
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  url(path: string): string {
    return `http://${this.host}${path}`
  }

  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path)
  }

  /** The first message of this type to this path, once it is there. */
  event(path: string, type: HoldfastEvent['type']): Promise<Received> {
    const found = () => this.at(path).find(({ event }) => event.type === type)
    return waitFor(`${type} at ${path}`, found, { everyMs: 20 })
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const part of request) body += String(part)
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const event = JSON.parse(body || '{}') as HoldfastEvent
    this.received.push({ path: request.url ?? '', body, headers, event })
    if (typeof this.answer === 'number') response.writeHead(this.answer)
    else response.writeHead(307, { location: this.answer })
    response.end('thanks')
  }
}

/** @throws when the signature does not fit the body and the time. */
export function verifyWebhook({ body, headers }: Received, secret: string): unknown {
  return new Webhook(secret).verify(body, headers)
}
