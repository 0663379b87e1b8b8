// What a client of the wire hears, whatever carries it: frames as they came, and ways to wait for them.
import { waitFor } from './wait-for.ts'
import { type Bytes, jsonOf, TYPE, type WireFrame } from './wire-frames.ts'

export abstract class WireConnection {
  readonly frames: WireFrame[] = []
  closeCode: number | null = null

  abstract get isOpen(): boolean
  abstract send(...frames: readonly Bytes[]): void
  abstract close(): void

  of(type: number): WireFrame[] {
    return this.frames.filter((one) => one.type === type)
  }

  /** The n-th frame of this type, once it is there. Rejects when the connection ends without it. */
  async next(type: number, at = 0): Promise<WireFrame> {
    const what = `frame 0x${type.toString(16)} number ${at}`
    const has = () => this.of(type).length > at
    await waitFor(what, () => has() || this.closeCode !== null, { everyMs: 5 })
    const found = this.of(type)[at]
    if (!found) throw new Error(`closed with ${this.closeCode} before ${what}`)
    return found
  }

  async nextJson<T = Record<string, unknown>>(type: number, at = 0): Promise<T> {
    return jsonOf<T>(await this.next(type, at))
  }

  /** The n-th EVENT of this kind. */
  event(type: string, at = 0): Promise<Record<string, unknown>> {
    const found = () => this.#events().filter((one) => one.type === type)[at]
    return waitFor(`event ${type}`, found, { everyMs: 10 })
  }

  /** The first status event that tells this status. */
  status(status: string): Promise<Record<string, unknown>> {
    const isIt = (one: Record<string, unknown>) => one.type === 'status' && one.status === status
    return waitFor(`status ${status}`, () => this.#events().find(isIt), { everyMs: 10 })
  }

  #events(): Record<string, unknown>[] {
    return this.of(TYPE.EVENT).map((one) => jsonOf(one))
  }

  /** The types of all EVENTs so far, in order. */
  get heard(): unknown[] {
    return this.#events().map((one) => one.type)
  }

  /** Every frame so far as `ack 0/3`, `nack 0/1 take_unknown`, `take 0`, `finish`, `pong 7`. */
  get answers(): string[] {
    return this.frames.flatMap((one) => describe(one))
  }

  /** Waits until these answers are all there. */
  async until(...answers: readonly string[]): Promise<void> {
    const missing = () => answers.filter((one) => !this.answers.includes(one))
    await waitFor(answers.join(), () => missing().length === 0, { everyMs: 5 })
  }

  /** The close code, once the server has closed. */
  async closed(): Promise<number> {
    await waitFor('the close', () => this.closeCode !== null, { everyMs: 5 })
    return this.closeCode ?? 0
  }
}

/** ACK: flags bit 0 = of a TAKE, bit 1 = of a FINISH, both clear = of a CHUNK or CHECK. */
function describe(one: WireFrame): string[] {
  const { type, flags, take, seq } = one
  if (type === TYPE.ACK) {
    if (flags & 1) return [`take ${take}`]
    return [flags & 2 ? 'finish' : `ack ${take}/${seq}`]
  }
  if (type === TYPE.NACK) return [`nack ${take}/${seq} ${String(jsonOf(one).code)}`]
  if (type === TYPE.PONG) return [`pong ${seq}`]
  return []
}
