// A recorder without a browser: makes chunks in its own time, keeps each until it is acked, and starts again
// after every failure, as a real client does. It counts as acked only what it read an ACK for.
import { createHash } from 'node:crypto'
import type { AckedChunk } from './invariants.ts'
import { type FramesBody, type Made, type Ranges, WireHttp, WireSocket } from './wire-client.ts'
import {
  type Bytes,
  chunk,
  finish,
  hello,
  jsonOf,
  streamed,
  TYPE,
  take,
  type WireFrame,
  wire,
} from './wire-frames.ts'

export type Rung = 'websocket' | 'http'

export type RecorderScript = {
  url: string
  rung: Rung
  mimeType: string
  /** The container's header when the chunks are aligned, else null. */
  init: Uint8Array | null
  chunks: readonly Uint8Array[]
  /** Time between two chunks. */
  everyMs: number
  /** Goes on until `stop`, kept alive by PINGs when its chunks are used up. @default stops behind its last chunk */
  goesOn?: boolean
  /** Still has what was acked, and sends it again when it is asked for. @default forgets it, as a browser does */
  keepsAcked?: boolean
  random: () => number
  /** Gives up, whatever is still to do. */
  signal: AbortSignal
}

const WINDOW = 8
/** Longer than any honest answer takes; then the client gives the connection up, as a browser does. */
const ANSWER_MS = 5000
/** A recorder that makes no chunks is alive all the same (rule 8). */
const PING_MS = 500

export class ScriptedRecorder {
  readonly made: Made
  readonly acked: AckedChunk[] = []
  /** Connections or requests that ended before their work was done. */
  interruptions = 0
  /** Of `performance.now()`. */
  lastAckAt = 0
  readonly #script: RecorderScript
  readonly #unacked: Set<number>
  readonly #startedAt = performance.now()
  /** How many chunks there are in all; null while nobody knows. */
  #total: number | null
  #lastPingAt = 0
  #isFinished = false

  constructor(script: RecorderScript, made: Made) {
    this.#script = script
    this.made = made
    this.#unacked = new Set(script.chunks.keys())
    this.#total = script.goesOn ? null : script.chunks.length
  }

  get rung(): Rung {
    return this.#script.rung
  }

  /** The chunks of the whole recording: all that were made until the stop. */
  get chunks(): readonly Uint8Array[] {
    return this.#script.chunks.slice(0, this.#total ?? this.#made())
  }

  /** The person presses stop: what is made by now is the whole recording. */
  stop(): void {
    this.#total ??= this.#made()
    for (const seq of this.#unacked) if (seq >= this.#total) this.#unacked.delete(seq)
  }

  /** Resolves when every chunk and the FINISH are acked. @throws when the server refuses for good */
  async run(): Promise<void> {
    const { rung, signal, random } = this.#script
    while (!this.#isFinished && !signal.aborted) {
      try {
        await (rung === 'websocket' ? this.#oneSocket() : this.#oneRequest())
      } catch (error) {
        if (error instanceof RefusedForGood) throw error
        // Whatever else it was, the answer is the same: wait a little and start again.
        this.interruptions += 1
        await pause(50 + random() * 250)
      }
    }
    signal.throwIfAborted()
  }

  #made(): number {
    const { everyMs, chunks } = this.#script
    const made = Math.floor((performance.now() - this.#startedAt) / everyMs) + 1
    return Math.min(made, chunks.length)
  }

  /** Chunks that exist by now and are not acked, oldest first. */
  #ready(): number[] {
    const made = this.#made()
    return [...this.#unacked].filter((seq) => seq < made).slice(0, WINDOW)
  }

  /** Nothing is left to send but these. */
  #areLast(seqs: readonly number[]): boolean {
    return this.#total !== null && this.#unacked.size === seqs.length
  }

  #frame(seq: number): Bytes {
    const { chunks, init } = this.#script
    return chunk(seq, chunks[seq] ?? new Uint8Array(0), { flags: init ? 1 : 0 })
  }

  #take(): Bytes {
    const { mimeType, init } = this.#script
    return take(0, { mimeType, init })
  }

  #finish(): Bytes {
    return finish([this.#total ?? 0])
  }

  /** The server has lost what it acked: whoever still has it sends it again. Who forgot it must not hide the loss. */
  #noteMissing(missing: Ranges): void {
    if (!this.#script.keepsAcked) return
    for (const [from, to] of missing[0] ?? []) {
      for (let seq = from; seq <= to; seq++) this.#unacked.add(seq)
    }
  }

  /** @param heard events of this connection that were read before */
  #readEvents(socket: WireSocket, heard: number): number {
    const events = socket.of(TYPE.EVENT)
    for (const told of events.slice(heard)) {
      const event = jsonOf<{ type: string; missing: Ranges }>(told)
      if (event.type === 'missing') this.#noteMissing(event.missing)
    }
    return events.length
  }

  #noteAck(seq: number): void {
    this.lastAckAt = performance.now()
    if (!this.#unacked.delete(seq)) return
    const bytes = this.#script.chunks[seq] ?? new Uint8Array(0)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    this.acked.push({ id: this.made.id, take: 0, seq, sha256 })
  }

  async #oneSocket(): Promise<void> {
    const { url, signal } = this.#script
    const socket = await WireSocket.greet(url, this.made, ANSWER_MS)
    try {
      socket.send(this.#take())
      await until(socket, () => socket.answers.includes('take 0'))
      let heard = 0
      while (!this.#areLast([]) && !signal.aborted) {
        heard = this.#readEvents(socket, heard)
        await this.#sendWindow(socket)
      }
      socket.send(this.#finish())
      await until(socket, () => socket.answers.includes('finish'))
      // What is missing is told right behind the ack, and before the answer to this.
      await this.#ping(socket)
      this.#readEvents(socket, heard)
      this.#isFinished = this.#areLast([])
    } finally {
      socket.close()
    }
  }

  async #ping(socket: WireSocket): Promise<void> {
    const from = socket.frames.length
    socket.send(wire(TYPE.PING, new Uint8Array(0)))
    await until(socket, () => socket.frames.slice(from).some(isPong))
  }

  async #sendWindow(socket: WireSocket): Promise<void> {
    const seqs = this.#ready()
    if (seqs.length === 0) {
      return this.#isTimeToPing() ? await this.#ping(socket) : await pause(20)
    }
    const from = socket.frames.length
    for (const seq of seqs) socket.send(this.#frame(seq))
    const answered = () => socket.frames.slice(from).filter(isAnswer)
    await until(socket, () => answered().length >= seqs.length)
    for (const one of answered()) if (one.type === TYPE.ACK) this.#noteAck(one.seq)
    const refused = answered().find((one) => one.type === TYPE.NACK)
    if (refused) refuse(jsonOf<{ code: string; retry: boolean }>(refused))
  }

  async #oneRequest(): Promise<void> {
    const { url, random } = this.#script
    const seqs = this.#ready()
    const isLast = this.#areLast(seqs)
    const isPing = seqs.length === 0 && !isLast
    if (isPing && !this.#isTimeToPing()) return await pause(20)
    const frames = [
      hello(this.made.id, this.made.token),
      this.#take(),
      ...seqs.map((seq) => this.#frame(seq)),
      ...(isPing ? [wire(TYPE.PING, new Uint8Array(0))] : []),
      ...(isLast ? [this.#finish()] : []),
    ]
    // A beacon's type now and then: it takes the same way.
    const type = random() < 0.3 ? 'text/plain' : 'application/octet-stream'
    const signal = AbortSignal.timeout(ANSWER_MS)
    const body = streamed(...frames)
    const { status, body: answer } = await new WireHttp(url).frames(this.made, body, {
      type,
      signal,
    })
    for (const [, seq] of answer.acks ?? []) this.#noteAck(seq)
    if (status !== 200) refuse(answer.error ?? { code: String(status), retry: true })
    this.#readNacks(answer)
    if (isLast) this.#noteMissing(answer.missing)
    if (isLast && this.#unacked.size === 0) this.#isFinished = true
  }

  #isTimeToPing(): boolean {
    const now = performance.now()
    if (now - this.#lastPingAt < PING_MS) return false
    this.#lastPingAt = now
    return true
  }

  #readNacks({ nacks }: FramesBody): void {
    const [first] = nacks
    if (first) refuse(first)
  }
}

const isAnswer = ({ type, flags }: WireFrame): boolean =>
  (type === TYPE.ACK && (flags & 3) === 0) || type === TYPE.NACK

/** A fault of the server: none of these chunks deserves it. */
class RefusedForGood extends Error {}

function refuse({ code, retry }: { code: string; retry: boolean }): never {
  throw retry ? new Error(`refused: ${code}`) : new RefusedForGood(`refused for good: ${code}`)
}

const isPong = ({ type }: WireFrame): boolean => type === TYPE.PONG

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Rejects when the socket closes or nothing comes for too long. */
async function until(socket: WireSocket, isDone: () => boolean): Promise<void> {
  const endAt = performance.now() + ANSWER_MS
  while (!isDone()) {
    if (!socket.isOpen) throw new Error(`the socket closed with ${socket.closeCode}`)
    if (performance.now() > endAt) throw new Error('no answer came')
    await pause(5)
  }
}

/** Numbers in [0, 1) that a seed repeats. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
