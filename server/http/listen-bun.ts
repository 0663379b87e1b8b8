// HTTP and WebSocket on Bun.serve. The only file that needs Bun. Uses the raw socket rather than hono's
// wrapper, which hides the result of a send, pongs and drains: past the backlog Bun drops without a word.
import { maxFrameBytes } from '@holdfast/protocol'
import type { FrameSink, SendResult, SocketSession } from '../ingest/frame-sink.ts'
import {
  type Listener,
  type ListenOptions,
  maxMessageBytes,
  offersSubprotocol,
  SOCKET_BACKLOG_BYTES,
  SOCKET_SILENCE_S,
  SUBPROTOCOL,
  type UpgradeSocket,
} from './listener.ts'

type SocketData = { open: (sink: FrameSink) => SocketSession; session: SocketSession | null }
type BunSocket = Bun.ServerWebSocket<SocketData>
type BunServer = Bun.Server<SocketData>

const UNLIMITED_BYTES = 2 ** 40
/** Longer than the heartbeat of an event stream, shorter than Bun's limit of 255. */
const IDLE_S = 120

export async function listenOnBun(options: ListenOptions): Promise<Listener> {
  const app = options.makeApp(upgrade)
  const server: BunServer = Bun.serve<SocketData>({
    hostname: options.host,
    port: options.port,
    idleTimeout: IDLE_S,
    // Ours is checked while reading, with an answer. What comes after it Bun throws away, and it holds the
    // sender back while nobody reads (both measured): nothing fills memory.
    maxRequestBodySize: UNLIMITED_BYTES,
    fetch: async (request, bun) => withLength(await app.fetch(request, { bun })),
    // The application answers its own failures; this is a body that broke while it was read.
    error: () => new Response(null, { status: 500 }),
    websocket: {
      maxPayloadLength: maxMessageBytes(maxFrameBytes(options.limits.maxChunkBytes)),
      idleTimeout: SOCKET_SILENCE_S,
      backpressureLimit: SOCKET_BACKLOG_BYTES,
      closeOnBackpressureLimit: true,
      // The session pings by itself, in the rhythm of the grace time.
      sendPings: false,
      perMessageDeflate: false,
      open: (ws) => {
        ws.data.session = ws.data.open(sinkOf(ws))
      },
      message: (ws, message) =>
        ws.data.session?.onMessage(typeof message === 'string' ? null : message),
      pong: (ws) => ws.data.session?.onPong(),
      drain: (ws) => ws.data.session?.onDrain(),
      close: (ws) => ws.data.session?.onClose(),
    },
  })
  return {
    port: server.port ?? options.port,
    drain: () => server.stop(false),
    close: () => server.stop(true),
  }
}

/** What is held in memory for one answer at most. */
const WHOLE_BYTES = 4 * 1024 * 1024

/**
 * Bun takes Content-Length away from every streamed answer (its issue 10507). Short ones are sent whole, so
 * that they keep it; longer ones go out chunked, their size in Content-Range where a range was asked for.
 */
async function withLength(response: Response): Promise<Response> {
  const length = response.headers.get('content-length')
  if (response.body === null || length === null || Number(length) > WHOLE_BYTES) return response
  return new Response(await response.arrayBuffer(), response)
}

const upgrade: UpgradeSocket = (c, open) => {
  const { bun } = c.env as { bun: BunServer }
  const headers = new Headers()
  // By default Bun would echo whatever was offered first.
  if (offersSubprotocol(c.req.header('sec-websocket-protocol'))) {
    headers.set('Sec-WebSocket-Protocol', SUBPROTOCOL)
  }
  const isUpgraded = bun.upgrade(c.req.raw, { headers, data: { open, session: null } })
  // Bun ignores the answer of an upgraded request.
  return new Response(null, { status: isUpgraded ? 200 : 400 })
}

function sinkOf(ws: BunSocket): FrameSink {
  return {
    send: (bytes) => resultOf(ws.sendBinary(bytes)),
    ping: () => void ws.ping(),
    close: (code, reason) => ws.close(code, reason),
  }
}

/** Bun: bytes sent, -1 = kept because of back-pressure, 0 = dropped. */
function resultOf(sent: number): SendResult {
  if (sent > 0) return 'sent'
  return sent < 0 ? 'queued' : 'dropped'
}
