// The same application on Node's http server. The only file that knows @hono/node-server and @hono/node-ws.
import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { maxFrameBytes } from '@holdfast/protocol'
import { createAdaptorServer } from '@hono/node-server'
import { createNodeWebSocket } from '@hono/node-ws'
import type { Context } from 'hono'
import type { FrameSink, SocketSession } from '../ingest/frame-sink.ts'
import {
  type Listener,
  type ListenOptions,
  maxMessageBytes,
  SOCKET_BACKLOG_BYTES,
  SOCKET_SILENCE_S,
  SUBPROTOCOL,
  type UpgradeSocket,
} from './listener.ts'

/** What we use of the `ws` package's socket, which @hono/node-ws hands out as `raw`. */
type RawSocket = {
  readonly OPEN: number
  readonly readyState: number
  readonly bufferedAmount: number
  send(bytes: Uint8Array, done: (error?: Error) => void): void
  ping(): void
  terminate(): void
  close(code: number, reason: string): void
  on(event: 'pong', handler: () => void): void
}

/** A proxy's idle connection must not be closed under a request that is on its way. */
const KEEP_ALIVE_MS = 75_000
const IDLE_CHECK_MS = 50

export async function listenOnNode(options: ListenOptions): Promise<Listener> {
  let upgrade: UpgradeSocket | null = null
  const app = options.makeApp((c, open) => {
    if (!upgrade) throw new Error('a request before the server listens')
    return upgrade(c, open)
  })
  const sockets = createNodeWebSocket({ app })
  const { wss } = sockets
  wss.options.maxPayload = maxMessageBytes(maxFrameBytes(options.limits.maxChunkBytes))
  wss.options.handleProtocols = (offered: Set<string>) => offered.has(SUBPROTOCOL) && SUBPROTOCOL
  upgrade = (c, open) => upgradeOnNode(sockets.upgradeWebSocket, c, open)
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  server.keepAliveTimeout = KEEP_ALIVE_MS
  sockets.injectWebSocket(guardedUpgrades(server))
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    drain: () => drain(server),
    close: async () => {
      for (const ws of wss.clients) ws.terminate()
      server.closeAllConnections()
    },
  }
}

/** Node keeps a connection whose answer was promised `keep-alive` before the end; it is idle soon after. */
async function drain(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  clearInterval(idle)
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown

/**
 * The server as @hono/node-ws sees it: its listener is async and unguarded, so that a malformed target or a
 * reset during the handshake would take the process down.
 */
function guardedUpgrades(server: Server): Server {
  const on = (_event: 'upgrade', listener: UpgradeListener): void => {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      Promise.resolve(listener(request, socket, head)).catch(() => socket.destroy())
    })
  }
  return { on } as unknown as Server
}

type NodeUpgrade = ReturnType<typeof createNodeWebSocket>['upgradeWebSocket']

async function upgradeOnNode(
  upgradeWebSocket: NodeUpgrade,
  c: Context,
  open: (sink: FrameSink) => SocketSession,
): Promise<Response> {
  let session: SocketSession | null = null
  let sink: NodeSink | null = null
  // No onError: node-ws would build an ErrorEvent, which Node does not have. Errors end in a close.
  const handler = upgradeWebSocket(() => ({
    onOpen: (_event, ws) => {
      const raw = ws.raw as RawSocket
      sink = new NodeSink(raw, () => session?.onDrain())
      session = open(sink)
      raw.on('pong', () => {
        sink?.hear()
        session?.onPong()
      })
    },
    onMessage: ({ data }) => {
      sink?.hear()
      session?.onMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : null)
    },
    onClose: () => session?.onClose(),
  }))
  const response = await handler(c, async () => undefined)
  return response ?? new Response(null, { status: 400 })
}

class NodeSink implements FrameSink {
  readonly #ws: RawSocket
  readonly #onDrain: () => void
  #heardAt = performance.now()
  #isFull = false

  constructor(ws: RawSocket, onDrain: () => void) {
    this.#ws = ws
    this.#onDrain = onDrain
  }

  hear(): void {
    this.#heardAt = performance.now()
  }

  send(bytes: Uint8Array): 'sent' | 'queued' | 'dropped' {
    const ws = this.#ws
    if (ws.readyState !== ws.OPEN || ws.bufferedAmount > SOCKET_BACKLOG_BYTES) return 'dropped'
    ws.send(bytes, () => this.#flushed())
    // `ws` never refuses: what the kernel did not take waits in memory.
    this.#isFull = ws.bufferedAmount > 0
    return this.#isFull ? 'queued' : 'sent'
  }

  /** Clients answer pings at once: silence for long means that nobody is there (Bun has this built in). */
  ping(): void {
    if (performance.now() - this.#heardAt > SOCKET_SILENCE_S * 1000) this.#ws.terminate()
    else if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping()
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason)
  }

  #flushed(): void {
    if (!this.#isFull || this.#ws.bufferedAmount > 0) return
    this.#isFull = false
    this.#onDrain()
  }
}
