// A WebSocket client that answers no ping: what a proxy or a laptop with its lid closed leaves behind. Speaks
// RFC 6455 by hand, since every ready-made client answers pings.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const BINARY = 0x82
const MASKED = 0x80

export class MuteSocket {
  readonly #socket: Socket
  /** Everything that the server sent, its handshake included. */
  received: Buffer = Buffer.alloc(0)
  isClosed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes])
    })
    socket.on('close', () => {
      this.isClosed = true
    })
    socket.on('error', () => socket.destroy())
  }

  /** Resolves when the server has switched protocols. */
  static async open(url: string, id: string): Promise<MuteSocket> {
    const { hostname, port, host } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const client = new MuteSocket(socket)
    const lines = [
      `GET /api/recordings/${id}/socket HTTP/1.1`,
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Protocol: holdfast.v1',
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    await once(socket, 'data')
    if (!client.received.toString('latin1').startsWith('HTTP/1.1 101')) {
      throw new Error(client.received.toString('latin1'))
    }
    return client
  }

  /** One binary message of at most 65,535 bytes, masked with zeros. */
  send(...frames: readonly Uint8Array[]): void {
    for (const one of frames) {
      const head = Buffer.alloc(8)
      head[0] = BINARY
      head[1] = MASKED | 126
      head.writeUInt16BE(one.length, 2)
      this.#socket.write(Buffer.concat([head, one]))
    }
  }

  /** Reads nothing more: the server's bytes pile up. */
  pause(): void {
    this.#socket.pause()
  }

  /** Gone without a FIN that the server would notice as a close frame. */
  destroy(): void {
    this.#socket.destroy()
  }
}
