// Owns the running of the uploader's effects: connections, timers, reads. It decides nothing; what to do
// next is always the pure machine's answer. Works in a page and in a service worker.
import {
  chunkFrame,
  FLAG,
  FRAME,
  type Frame,
  frame,
  HoldfastError,
  jsonFrame,
  toBase64,
} from '@holdfast/protocol'
import type { ChunkRow, RefusedChunk } from '../buffer/rows.ts'
import { type ChunkRef, keyOf, sameChunk } from '../session/chunk-ref.ts'
import type { ReadyEvent } from '../session/recording.ts'
import {
  type Endpoint,
  type Failure,
  NO_ANSWER,
  type OpenTransport,
  type Rung,
  type Transport,
} from '../transport/transport.ts'
import { readIncoming } from './incoming.ts'
import type { Timer } from './timer.ts'
import { step } from './uploader.ts'
import {
  type Effect,
  type Env,
  newUploader,
  type Outgoing,
  type Shelved,
  type Uploader,
  type UploaderEvent,
  type UploaderSetup,
} from './uploader-state.ts'
import { nextWakeAt } from './wake.ts'

export type TakeHead = {
  readonly mimeType: string
  readonly startedAt: string
  readonly init: ArrayBuffer | null
}

/** Where chunks and heads come from and where acknowledgements go. */
export interface UploadSource {
  /** Null = gone. That and a rejection are tried again a few times. */
  readChunk(ref: ChunkRef): Promise<ChunkRow | null>
  readTake(take: number): TakeHead
  /** The copy with this sha256 is durable on the server. */
  forget(ref: ChunkRef, sha256: Uint8Array): void
  /** It will never be taken, or is gone: no visit offers it again. What is here of it stays. */
  setAside(refused: RefusedChunk): void
  renumber(take: number, wire: number): void
  /** POST /api/recordings; null = it exists now. */
  create(): Promise<Failure | null>
  /** GET /api/recordings/{id}: null = not final. */
  ask(): Promise<ReadyEvent | 'empty' | null>
}

type ToldType = 'forget' | 'setAside' | 'missing' | 'error' | 'safe' | 'partial' | 'ready'
export type Told = Extract<Effect, { type: ToldType }>

export type DriverOptions = {
  readonly endpoint: Endpoint
  readonly setup: UploaderSetup
  readonly openers: Readonly<Record<Rung, OpenTransport>>
  readonly source: UploadSource
  readonly timer: Timer
  /** After every step, with what the app should know. */
  readonly onStep: (state: Uploader, told: readonly Told[]) => void
}

const READ_TRIES = 4
const READ_PAUSE_MS = 1_000

export class UploadDriver {
  readonly #options: DriverOptions
  readonly #transports = new Map<number, Transport>()
  /** Read and not sent yet: at most what the machine's shelf holds. */
  readonly #shelf = new Map<string, ChunkRow>()
  /** What was sent, so that an ACK speaks of exactly that copy. */
  readonly #sentHashes = new Map<string, Uint8Array>()
  readonly #events: UploaderEvent[] = []
  #state: Uploader
  #running = false
  #ended = false

  constructor(options: DriverOptions) {
    this.#options = options
    this.#state = newUploader(options.setup)
  }

  get state(): Uploader {
    return this.#state
  }

  /** Feeds one event in. Events that come while effects run wait for their turn. */
  dispatch(event: UploaderEvent): void {
    if (this.#ended) return
    this.#events.push(event)
    if (this.#running) return
    this.#running = true
    try {
      for (let next = this.#events.shift(); next; next = this.#events.shift()) this.#step(next)
    } finally {
      this.#running = false
    }
    this.#rest()
  }

  /** Stops at once. What is unsent stays unsent and stored. */
  end(): void {
    this.#ended = true
    this.#options.timer.clear()
    for (const transport of this.#transports.values()) transport.close()
    this.#transports.clear()
    this.#shelf.clear()
  }

  #env(): Env {
    const { link } = this.#state
    const open = link.at === 'open' ? this.#transports.get(link.conn) : undefined
    return {
      now: performance.now(),
      random: Math.random(),
      bufferedBytes: open?.bufferedBytes ?? 0,
    }
  }

  #step(event: UploaderEvent): void {
    const { state, effects } = step(this.#state, event, this.#env())
    this.#state = state
    const told: Told[] = []
    for (const effect of effects) {
      if (isTold(effect)) told.push(effect)
      this.#run(effect)
    }
    this.#options.onStep(state, told)
  }

  /** Sleeps until the machine wants to be stepped again. */
  #rest(): void {
    const { timer } = this.#options
    const env = this.#env()
    const at = this.#ended ? null : nextWakeAt(this.#state, env)
    if (at === null) timer.clear()
    else timer.set(Math.ceil(at - env.now), () => this.dispatch({ type: 'tick' }))
  }

  #run(effect: Effect): void {
    const { source } = this.#options
    if (effect.type === 'connect') this.#connect(effect.conn, effect.rung)
    else if (effect.type === 'disconnect') this.#disconnect(effect.conn)
    else if (effect.type === 'send') this.#send(effect.conn, effect.frames)
    else if (effect.type === 'load') void this.#load(effect.refs)
    else if (effect.type === 'create') void this.#create()
    else if (effect.type === 'ask') void this.#ask()
    else if (effect.type === 'renumber') source.renumber(effect.take, effect.wire)
    else if (effect.type === 'setAside') source.setAside(effect)
    else if (effect.type === 'forget') this.#forget(effect)
  }

  #connect(conn: number, rung: Rung): void {
    const closed = (failure: Failure) => {
      this.#transports.delete(conn)
      this.dispatch({ type: 'closed', conn, failure })
    }
    try {
      const frame = (value: Frame) => this.#hear(conn, value)
      const transport = this.#options.openers[rung](this.#options.endpoint, { frame, closed })
      this.#transports.set(conn, transport)
    } catch {
      // A WebSocket that the page may not have (mixed content) throws at once.
      closed(NO_ANSWER)
    }
  }

  #hear(conn: number, value: Frame): void {
    try {
      this.dispatch({ type: 'frame', conn, frame: readIncoming(value) })
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      this.#disconnect(conn)
      this.dispatch({ type: 'closed', conn, failure: NO_ANSWER })
    }
  }

  #disconnect(conn: number): void {
    this.#transports.get(conn)?.close()
    this.#transports.delete(conn)
  }

  #send(conn: number, outgoing: readonly Outgoing[]): void {
    this.#transports.get(conn)?.send(outgoing.map((one) => this.#encode(one)))
  }

  #encode(out: Outgoing): Frame {
    switch (out.kind) {
      case 'take': {
        const { init, ...head } = this.#options.source.readTake(out.take)
        const body = { ...head, init: init ? toBase64(new Uint8Array(init)) : null }
        return jsonFrame(FRAME.TAKE, body, { take: out.wire })
      }
      case 'finish':
        return jsonFrame(FRAME.FINISH, { takes: out.takes, reason: out.reason })
      case 'ping':
        return frame(FRAME.PING, { seq: out.seq, flags: out.again ? FLAG.recordingAgain : 0 })
      default:
        return this.#encodeChunk(out)
    }
  }

  #encodeChunk(out: Extract<Outgoing, { kind: 'chunk' | 'check' }>): Frame {
    const key = keyOf(out)
    const row = this.#shelf.get(key)
    // The machine sends only what it was told is on the shelf.
    if (!row) throw new Error(`Chunk ${key} is not on the shelf.`)
    this.#shelf.delete(key)
    this.#sentHashes.set(key, row.sha256)
    const { wire: take, seq } = out
    if (out.kind === 'check') return frame(FRAME.CHECK, { take, seq, payload: row.sha256 })
    return chunkFrame({ ...row, take, seq, bytes: new Uint8Array(row.bytes) })
  }

  async #load(refs: readonly ChunkRef[]): Promise<void> {
    const chunks: Shelved[] = []
    const lost: ChunkRef[] = []
    const unread: ChunkRef[] = []
    // Side by side: one that has to be tried again must not hold up each of the others.
    const rows = await Promise.all(refs.map((ref) => this.#read(ref)))
    for (const [at, { take, seq }] of refs.entries()) {
      const row = rows[at]
      if (row === 'unread' || row === undefined) unread.push({ take, seq })
      else if (row === null) lost.push({ take, seq })
      else {
        this.#shelf.set(keyOf({ take, seq }), row)
        chunks.push({ take, seq, bytes: row.bytes.byteLength })
      }
    }
    this.dispatch({ type: 'loaded', chunks, lost, unread })
    // What the machine set aside at once is not held in memory.
    for (const ref of chunks) {
      if (!this.#state.shelf.some((one) => sameChunk(one, ref))) this.#shelf.delete(keyOf(ref))
    }
  }

  /** The database may be busy or just reopened: what is not read at once is asked for again. */
  async #read(ref: ChunkRef): Promise<ChunkRow | null | 'unread'> {
    let found: ChunkRow | null | 'unread' = 'unread'
    for (let tries = 1; tries <= READ_TRIES && !this.#ended; tries += 1) {
      if (tries > 1) await new Promise((resolve) => setTimeout(resolve, READ_PAUSE_MS))
      try {
        found = await this.#options.source.readChunk(ref)
      } catch {
        found = 'unread'
      }
      if (found !== null && found !== 'unread') return found
    }
    return found
  }

  async #create(): Promise<void> {
    const failure = await this.#options.source.create()
    this.dispatch(failure ? { type: 'createFailed', failure } : { type: 'created' })
  }

  async #ask(): Promise<void> {
    this.dispatch({ type: 'answer', ready: await this.#options.source.ask() })
  }

  #forget(ref: ChunkRef): void {
    const key = keyOf(ref)
    const sha256 = this.#sentHashes.get(key)
    this.#sentHashes.delete(key)
    if (sha256) this.#options.source.forget(ref, sha256)
  }
}

const TOLD: readonly Effect['type'][] = [
  'forget',
  'setAside',
  'missing',
  'error',
  'safe',
  'partial',
  'ready',
]

function isTold(effect: Effect): effect is Told {
  return TOLD.includes(effect.type)
}
