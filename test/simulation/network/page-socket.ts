// Stands in for WebSocket: a page's end of a connection to some instance. Frames of one direction arrive in their order;
// when the instance dies its kernel resets the connection, when the line is dead nobody hears of anything.
import type { SendResult, SocketSession } from '../../../server/ingest/frame-sink.ts'
import { type Asked, noteAsked } from '../check/witness.ts'
import type { Process } from '../engine/process.ts'
import { currentProcess, world } from '../engine/scheduler.ts'
import type { Instance } from '../world/instance.ts'

type Handler<T> = ((event: T) => void) | null

const [OPEN, CLOSED] = [1, 3]
const RESET = 1006

/** One direction: what is sent later never arrives earlier. */
class Line {
  #lastAt = 0
  readonly #delayMs: () => number

  constructor(delayMs: () => number) {
    this.#delayMs = delayMs
  }

  send(run: () => void, to: Process | null): void {
    this.#lastAt = Math.max(this.#lastAt, world().now + this.#delayMs())
    world().after(this.#lastAt - world().now, run, to)
  }
}

export class PageSocket {
  static readonly OPEN = OPEN

  binaryType = 'arraybuffer'
  readonly bufferedAmount = 0
  readyState = 0
  onopen: Handler<unknown> = null
  onmessage: Handler<{ data: ArrayBuffer }> = null
  onclose: Handler<{ code: number }> = null
  readonly page: Process = currentProcess()
  readonly #network = this.page.surroundings.network
  readonly #up = new Line(() => this.#network.delayMs)
  readonly #down = new Line(() => this.#network.delayMs)
  readonly #recordingId: string
  /** What the page said on this connection that can be acknowledged. */
  readonly #asked: Asked = { digests: new Map(), finish: null }
  #instance: Instance | null = null
  #session: SocketSession | null = null

  constructor(url: URL) {
    this.#recordingId = url.pathname.split('/')[3] ?? ''
    this.page.onDeath(() => this.#endAtServer())
    world().after(this.#network.delayMs, () => this.#connect())
  }

  get instance(): Instance {
    if (!this.#instance) throw new Error('not connected')
    return this.#instance
  }

  send(bytes: Uint8Array): void {
    const copy = bytes.slice()
    noteAsked(this.#asked, copy)
    this.#atServer((session) => {
      if (this.#network.trouble.isDead) return
      this.#network.witness.heard(this.#recordingId, this.instance, copy)
      session.onMessage(copy)
    })
  }

  close(): void {
    this.readyState = CLOSED
    this.onclose = null
    this.#endAtServer()
  }

  /** The line is cut, and both ends are told. */
  cut(): void {
    this.#endAtServer()
    this.#closeAtPage(RESET)
  }

  #connect(): void {
    const { trouble } = this.#network
    if (trouble.isDead || this.readyState === CLOSED || !this.page.isAlive) return
    const instance = trouble.refusesSockets ? null : this.#network.balance()
    if (!instance) {
      this.#closeAtPage(RESET)
      return
    }
    this.#instance = instance
    this.#network.connections.add(this)
    instance.process.onDeath(() => this.#closeAtPage(RESET))
    world().after(0, () => this.#openAtServer(instance), instance.process)
  }

  #openAtServer(instance: Instance): void {
    if (!instance.isListening) {
      this.#closeAtPage(RESET)
      return
    }
    const { name } = this.page
    world().trace(instance.process.name, `takes a connection of ${name}`)
    this.#session = instance.openSocket(this.#recordingId, {
      send: (bytes) => this.#toPage(bytes),
      ping: () => this.#ping(),
      close: (code) => this.#closeAtPage(code),
    })
    this.#down.send(() => {
      if (this.readyState === CLOSED) return
      this.readyState = OPEN
      this.onopen?.({})
    }, this.page)
  }

  #toPage(bytes: Uint8Array): SendResult {
    const copy = bytes.slice()
    this.#network.witness.frameSent(this.#recordingId, copy, this.#asked)
    this.#down.send(() => {
      if (this.#network.trouble.isDead || this.readyState === CLOSED) return
      this.onmessage?.({ data: copy.buffer })
    }, this.page)
    return 'sent'
  }

  /** The browser answers pings even while its page sleeps. */
  #ping(): void {
    this.#down.send(() => {
      if (this.#network.trouble.isDead || !this.page.isAlive) return
      this.#atServer((session) => {
        if (!this.#network.trouble.isDead) session.onPong()
      })
    }, null)
  }

  #atServer(work: (session: SocketSession) => void): void {
    const instance = this.#instance
    if (!instance) return
    const run = () => {
      if (this.#session) work(this.#session)
    }
    this.#up.send(run, instance.process)
  }

  #endAtServer(): void {
    this.#network.connections.delete(this)
    this.#atServer((session) => {
      this.#session = null
      session.onClose()
    })
  }

  #closeAtPage(code: number): void {
    this.#network.connections.delete(this)
    this.#down.send(() => {
      if (this.#network.trouble.isDead || this.readyState === CLOSED) return
      this.readyState = CLOSED
      this.onclose?.({ code })
    }, this.page)
  }
}
