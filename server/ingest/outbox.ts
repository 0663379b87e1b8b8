// Frames on their way to a socket, in order. Holds them while the sink is full, within a bound; an ack is
// never dropped in silence: a full or failing outbox ends the connection and the client asks again.
import { encodeFrame, type Frame } from '@holdfast/protocol'
import type { FrameSink } from './frame-sink.ts'

/** 50,000 acks, or 200 of the largest WELCOMEs: more waiting than this is a reader that has stopped. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

export class Outbox {
  readonly #sink: FrameSink
  readonly #onBroken: () => void
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #isFull = false

  constructor(sink: FrameSink, onBroken: () => void) {
    this.#sink = sink
    this.#onBroken = onBroken
  }

  send(value: Frame): void {
    const bytes = encodeFrame(value)
    if (!this.#isFull) {
      this.#hand(bytes)
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#onBroken()
  }

  /** The sink takes frames again. */
  drain(): void {
    this.#isFull = false
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const [at, bytes] of waiting.entries()) {
      this.#hand(bytes)
      if (!this.#isFull) continue
      this.#keep(waiting.slice(at + 1))
      return
    }
  }

  #keep(rest: Uint8Array[]): void {
    this.#waiting = rest
    this.#waitingBytes = rest.reduce((sum, bytes) => sum + bytes.length, 0)
  }

  #hand(bytes: Uint8Array): void {
    const result = this.#sink.send(bytes)
    if (result === 'queued') this.#isFull = true
    if (result === 'dropped') this.#onBroken()
  }
}
