// A TCP proxy between a browser and the server, or between the server and its database, whose line can be cut,
// stalled, refused, slow, deaf to answers, or kept from WebSockets while the rest passes. Lives in the test's process;
// every byte goes over loopback.

import type { AddressInfo, NetConnectOpts } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

export type LineState =
  | 'open'
  /** Existing connections are reset, new ones too. */
  | 'cut'
  /** New connections pass, but a WebSocket upgrade is answered with 502; existing sockets are reset. */
  | 'no-websocket'
  /** Nothing passes any more and nobody is told, as when packets vanish; what waits passes when it opens. */
  | 'stalled'
  /** The server hears everything, and whatever it says is lost. */
  | 'deaf'

/** What becomes of the client's bytes, on each connection that is made from now on. */
export type LineShape = {
  /** Drawn for each connection: it is reset, in the middle of whatever it is, when so many have passed. */
  resetAfterBytes?: () => number
  bytesPerSecond?: number
}

const UPGRADE = /\r\nupgrade: *websocket\r\n/i
const REFUSAL = 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

export class TcpProxy {
  readonly #target: NetConnectOpts
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #state: LineState = 'open'
  #shape: LineShape = {}
  /** WebSocket upgrades that passed, for tests that ask which rung was used. */
  upgrades = 0

  private constructor(target: NetConnectOpts) {
    this.#target = target
    this.#server = createServer((client) => this.#accept(client))
  }

  /**
   * @param target a port of this machine, or the path of a socket
   * @param socket path of a socket to listen on. @default a free port
   */
  static async listen(target: number | string, socket?: string): Promise<TcpProxy> {
    const to = typeof target === 'string' ? { path: target } : { port: target, host: '127.0.0.1' }
    const proxy = new TcpProxy(to)
    const at = socket === undefined ? { port: 0, host: '127.0.0.1' } : { path: socket }
    await new Promise<void>((resolve) => proxy.#server.listen(at, resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** From now on; connections that the new state does not allow are reset at once. */
  setLine(state: LineState): void {
    this.#state = state
    if (state === 'cut' || state === 'no-websocket') this.#resetAll()
    for (const { client, upstream } of this.#pairs) {
      for (const socket of [client, upstream]) this.#flow(socket)
    }
  }

  /** Connections that there are keep theirs. */
  setShape(shape: LineShape): void {
    this.#shape = shape
  }

  async close(): Promise<void> {
    this.#resetAll()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #resetAll(): void {
    for (const { client, upstream } of this.#pairs) {
      client.resetAndDestroy()
      upstream.destroy()
    }
  }

  #accept(client: Socket): void {
    client.on('error', () => client.destroy())
    if (this.#state === 'cut') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(this.#target)
    const { resetAfterBytes, bytesPerSecond = Number.POSITIVE_INFINITY } = this.#shape
    const leftBytes = resetAfterBytes?.() ?? Number.POSITIVE_INFINITY
    const pair = { client, upstream, leftBytes, bytesPerSecond }
    this.#pairs.add(pair)
    const drop = () => {
      this.#pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      socket.on('error', drop)
      socket.on('close', drop)
    }
    client.on('data', (bytes: Buffer) => this.#forward(pair, bytes))
    upstream.on('data', (bytes: Buffer) => {
      if (this.#state !== 'deaf') this.#pass(upstream, client, bytes)
    })
    for (const socket of [client, upstream]) this.#flow(socket)
  }

  #flow(socket: Socket): void {
    if (this.#state === 'stalled') socket.pause()
    else socket.resume()
  }

  #pass(from: Socket, to: Socket, bytes: Buffer): void {
    if (to.write(bytes)) return
    from.pause()
    to.once('drain', () => this.#flow(from))
  }

  #forward(pair: Pair, bytes: Buffer): void {
    const { client, upstream } = pair
    if (UPGRADE.test(bytes.toString('latin1'))) {
      if (this.#state === 'no-websocket') {
        client.end(REFUSAL)
        upstream.destroy()
        return
      }
      this.upgrades += 1
    }
    this.#pass(client, upstream, bytes.subarray(0, pair.leftBytes))
    pair.leftBytes -= bytes.length
    if (pair.leftBytes <= 0) this.#reset(pair)
    else if (Number.isFinite(pair.bytesPerSecond)) this.#slow(pair, bytes.length)
  }

  /** Behind what was passed on. */
  #reset({ client, upstream }: Pair): void {
    client.resetAndDestroy()
    upstream.end()
  }

  #slow({ client, bytesPerSecond }: Pair, bytes: number): void {
    client.pause()
    setTimeout(() => this.#flow(client), (bytes / bytesPerSecond) * 1000)
  }
}

type Pair = {
  readonly client: Socket
  readonly upstream: Socket
  leftBytes: number
  readonly bytesPerSecond: number
}
