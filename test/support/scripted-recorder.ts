// A recorder without a browser: makes chunks in its own time, keeps each until it is acked, and starts again
// after every failure, as a real client does. It counts as acked only what it read an ACK for.
import { createHash } from 'node:crypto'
import type { AckedChunk } from './invariants.ts'
import { type FramesBody, type Made, WireHttp, WireSocket } from './wire-client.ts'
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
  random: () => number
  /** Gives up, whatever is still to do. */
  signal: AbortSignal
}

const WINDOW = 8
const ACK_TIMEOUT_MS = 5000

export class ScriptedRecorder {
  readonly made: Made
  readonly acked: AckedChunk[] = []
  /** Connections or requests that ended before their work was done. */
  interruptions = 0
  readonly #script: RecorderScript
  readonly #unacked: Set<number>
  readonly #startedAt = performance.now()
  #isFinished = false

  constructor(script: RecorderScript, made: Made) {
    this.#script = script
    this.made = made
    this.#unacked = new Set(script.chunks.keys())
  }

  get rung(): Rung {
    return this.#script.rung
  }

  /** Resolves when every chunk and the FINISH are acked. */
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

  /** Chunks that exist by now and are not acked, oldest first. */
  #ready(): number[] {
    const { everyMs } = this.#script
    const made = Math.floor((performance.now() - this.#startedAt) / everyMs) + 1
    return [...this.#unacked].filter((seq) => seq < made).slice(0, WINDOW)
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
    return finish([this.#script.chunks.length])
  }

  #noteAck(seq: number): void {
    if (!this.#unacked.delete(seq)) return
    const bytes = this.#script.chunks[seq] ?? new Uint8Array(0)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    this.acked.push({ id: this.made.id, take: 0, seq, sha256 })
  }

  async #oneSocket(): Promise<void> {
    const { url, signal } = this.#script
    const socket = await WireSocket.greet(url, this.made)
    try {
      socket.send(this.#take())
      await until(socket, () => socket.answers.includes('take 0'))
      while (this.#unacked.size > 0 && !signal.aborted) await this.#sendWindow(socket)
      socket.send(this.#finish())
      await until(socket, () => socket.answers.includes('finish'))
      this.#isFinished = true
    } finally {
      socket.close()
    }
  }

  async #sendWindow(socket: WireSocket): Promise<void> {
    const seqs = this.#ready()
    if (seqs.length === 0) return await pause(20)
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
    if (seqs.length === 0 && this.#unacked.size > 0) return await pause(20)
    const isLast = this.#unacked.size === seqs.length
    const frames = [
      hello(this.made.id, this.made.token),
      this.#take(),
      ...seqs.map((seq) => this.#frame(seq)),
      ...(isLast ? [this.#finish()] : []),
    ]
    // A beacon's type now and then: it takes the same way.
    const type = random() < 0.3 ? 'text/plain' : 'application/octet-stream'
    const { status, body } = await new WireHttp(url).frames(this.made, streamed(...frames), {
      type,
    })
    for (const [, seq] of body.acks ?? []) this.#noteAck(seq)
    if (status !== 200) refuse(body.error ?? { code: String(status), retry: true })
    this.#readNacks(body)
    if (isLast && this.#unacked.size === 0) this.#isFinished = true
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Rejects when the socket closes or nothing comes for too long. */
async function until(socket: WireSocket, isDone: () => boolean): Promise<void> {
  const endAt = performance.now() + ACK_TIMEOUT_MS
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
