// A client that stops reading: what the server said must reach it whole and in order, or the connection must
// end. Nothing may vanish in between, whatever the runtime does with a full socket.
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'
import { hello, parse, TYPE, wire } from '../support/wire-frames.ts'

/** A WebSocket by hand: reading can be stopped, which no WebSocket API allows. */
class RawSocket {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  isClosed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.isClosed = true
    })
  }

  static async open(url: string, { id }: Made): Promise<RawSocket> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const client = new RawSocket(socket)
    socket.write(
      [
        `GET /api/recordings/${id}/socket HTTP/1.1`,
        `Host: ${hostname}:${port}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        '\r\n',
      ].join('\r\n'),
    )
    const head = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
    const end = head.indexOf('\r\n\r\n') + 4
    expect(head.toString('latin1')).toContain('101')
    client.#received = head.subarray(end)
    socket.pause()
    return client
  }

  /** One binary message, masked with zeros. Resolves when the kernel took it or a while has passed. */
  async send(messages: readonly Uint8Array[]): Promise<void> {
    const framed = messages.flatMap((one) => [
      Buffer.from([0x82, 0x80 | Math.min(one.length, 126)]),
      ...(one.length < 126 ? [] : [Buffer.from([one.length >> 8, one.length & 0xff])]),
      Buffer.alloc(4),
      one,
    ])
    const isTaken = this.#socket.write(Buffer.concat(framed))
    if (!isTaken && !this.isClosed) {
      await Promise.race([
        new Promise((resolve) => this.#socket.once('drain', resolve)),
        new Promise((resolve) => this.#socket.once('close', resolve)),
        new Promise((resolve) => setTimeout(resolve, 500)),
      ])
    }
  }

  /** Reads on; `take` gets each binary message. */
  resume(take: (message: Uint8Array) => void): void {
    let rest = this.#received
    this.#socket.on('data', (part: Buffer) => {
      rest = takeMessages(Buffer.concat([rest, part]), take)
    })
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** Hands out the whole binary messages and returns what is left; other frames are passed over. */
function takeMessages(bytes: Buffer, take: (message: Uint8Array) => void): Buffer {
  let at = 0
  while (at + 4 <= bytes.length) {
    const short = (bytes[at + 1] ?? 0) & 127
    const [head, length] = short === 126 ? [4, bytes.readUInt16BE(at + 2)] : [2, short]
    if (at + head + length > bytes.length) break
    if (((bytes[at] ?? 0) & 15) === 2) take(bytes.subarray(at + head, at + head + length))
    at += head + length
  }
  return bytes.subarray(at)
}

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '10000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  // More answers than all buffers of the kernel hold. It is Bun that drops; Node's sockets only grow, and slowly.
  const PINGS = runtime === 'bun' ? 1_400_000 : 200_000
  const PER_WRITE = 20_000

  it('loses no answer in the middle when its reader stops and goes on', async () => {
    const made = await http.create()
    const client = await RawSocket.open(bed.url, made)
    await client.send([hello(made.id, made.token)])
    for (let seq = 0; seq < PINGS && !client.isClosed; seq += PER_WRITE) {
      const pings = Array.from({ length: PER_WRITE }, (_, n) =>
        wire(TYPE.PING, new Uint8Array(0), { seq: seq + n }),
      )
      await client.send(pings)
    }
    let pongs = 0
    let wrong: number | null = null
    client.resume((message) => {
      const { type, seq } = parse(message)
      if (type !== TYPE.PONG) return
      if (seq !== pongs) wrong ??= seq
      pongs += 1
    })
    await waitFor(
      'all answers, or the end of the connection',
      () => client.isClosed || pongs === PINGS,
      { timeoutMs: 60_000 },
    )
    expect(wrong).toBeNull()
    expect(pongs).toBeGreaterThan(1000)
    client.destroy()
    expect((await fetch(`${bed.url}/readyz`)).status).toBe(200)
  }, 120_000)
})
