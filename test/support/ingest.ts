// Ingest inside the test's process, on a real ledger and a real store whose disk fails when told. Only the
// connection is the test's own: it shows each frame that was handed to it, and takes what it is told to take.
import { createHash, randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecording, readReadyEvent } from '@holdfast/db'
import {
  decodeFrame,
  encodeFrame,
  FRAME,
  type Frame,
  type HoldfastEvent,
  jsonFrame,
  LIMITS,
  newToken,
  readJson,
  type WireLimits,
} from '@holdfast/protocol'
import type { FrameSink, SendResult, SocketSession } from '../../server/ingest/frame-sink.ts'
import { Ingest } from '../../server/ingest/index.ts'
import { catchUpIndexes } from '../../server/media-file/take-file.ts'
import { createLog } from '../../server/observe/log.ts'
import { createMetrics, type Metrics } from '../../server/observe/metrics.ts'
import { type LocalStore, openLocalStore } from '../../server/store/local-store.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { MAX_BYTES, TestLedger } from './ledger.ts'
import { waitFor } from './wait-for.ts'

/** Longer than any test: no ping of the server's own disturbs what a test counts. */
const GRACE_MS = 60_000

export type Opened = { readonly id: string; readonly token: string }

/** The client's side of one socket. */
export class TestSink implements FrameSink {
  readonly frames: Frame[] = []
  readonly #opened: Opened
  readonly #session: SocketSession
  /** What becomes of the frames from now on. */
  result: SendResult = 'sent'
  pings = 0
  closed: number | null = null

  constructor(opened: Opened, open: (sink: FrameSink) => SocketSession) {
    this.#opened = opened
    this.#session = open(this)
  }

  send(bytes: Uint8Array): SendResult {
    if (this.result !== 'dropped') this.frames.push(decodeFrame(bytes.slice()))
    return this.result
  }

  ping(): void {
    this.pings += 1
  }

  close(code: number): void {
    this.closed = code
  }

  get session(): SocketSession {
    return this.#session
  }

  /** Frames of the client, in order. */
  push(...frames: Frame[]): void {
    for (const value of frames) this.#session.onMessage(encodeFrame(value))
  }

  hello(): void {
    const { id: recording, token } = this.#opened
    this.push(jsonFrame(FRAME.HELLO, { v: 1, recording, token }))
  }

  of(type: number): Frame[] {
    return this.frames.filter((value) => value.type === type)
  }

  /** The JSON of the n-th frame of this type, once it is there. */
  async json<T = Record<string, unknown>>(type: number, at = 0): Promise<T> {
    const value = await waitFor(`frame ${type}`, () => this.of(type)[at])
    return readJson(value) as T
  }

  /** `take/seq` of the chunks acked so far, sorted. */
  get acked(): string[] {
    return this.of(FRAME.ACK)
      .filter((value) => value.flags === 0)
      .map(({ take, seq }) => `${take}/${seq}`)
      .sort()
  }

  async untilAcked(count: number): Promise<void> {
    await waitFor(`${count} acks`, () => this.acked.length >= count, { everyMs: 5 })
  }
}

type TestIngestOptions = { limits?: Partial<WireLimits> }

export class TestIngest {
  readonly ledger: TestLedger
  readonly store: LocalStore
  readonly disk: FaultyDisk
  readonly metrics: Metrics
  readonly ingest: Ingest
  /** Recordings that were said to be stopped and complete, in order. */
  readonly completed: string[] = []
  readonly #handlers = new Map<string, Set<(event: HoldfastEvent) => void>>()
  /** Where the store lies. */
  readonly root: string

  private constructor(
    parts: { ledger: TestLedger; store: LocalStore; disk: FaultyDisk; root: string },
    { limits = {} }: TestIngestOptions,
  ) {
    const { ledger, store } = parts
    this.ledger = ledger
    this.store = store
    this.disk = parts.disk
    this.root = parts.root
    this.metrics = createMetrics({ version: 'test', runtime: 'test' })
    const { maxChunkBytes, maxBodyBytes, window, windowBytes } = LIMITS
    this.ingest = new Ingest({
      tellReturn: async () => undefined,
      db: ledger.db,
      store,
      limits: { maxChunkBytes, maxBodyBytes, window, windowBytes, ...limits },
      graceMs: GRACE_MS,
      maxRecordingBytes: MAX_BYTES,
      subscribe: (id, handler) => this.#subscribe(id, handler),
      log: createLog({ level: 'silent' }),
      metrics: this.metrics,
      onComplete: (id) => this.completed.push(id),
      readyEvent: (id) => readReadyEvent(ledger.db, id),
      catchUpIndexes: (id, take) => catchUpIndexes({ db: ledger.db, store }, id, take),
    })
  }

  static async open(options: TestIngestOptions = {}): Promise<TestIngest> {
    const ledger = await TestLedger.open()
    const disk = new FaultyDisk()
    const root = join(tmpdir(), `holdfast-ingest-${randomUUID()}`)
    const store = await openLocalStore({ root, incarnation: 'test', disk })
    return new TestIngest({ ledger, store, disk, root }, options)
  }

  async close(): Promise<void> {
    await this.ingest.shutdown()
    this.metrics.close()
    await this.store.close()
    await this.ledger.close()
    await rm(this.root, { recursive: true, force: true })
  }

  async recording(takes: readonly number[] = []): Promise<Opened> {
    const id = randomUUID()
    const token = newToken()
    const tokenHash = createHash('sha256').update(token).digest()
    await createRecording(this.ledger.db, { id, tokenHash })
    for (const take of takes) await this.ledger.announce(id, take)
    return { id, token }
  }

  socket(opened: Opened): TestSink {
    return new TestSink(opened, (sink) => this.ingest.openSocket(opened.id, sink))
  }

  /** A socket that was welcomed. */
  async welcomed(opened: Opened): Promise<TestSink> {
    const sink = this.socket(opened)
    sink.hello()
    await sink.json(FRAME.WELCOME)
    return sink
  }

  /** As the event feed would, after the commit. */
  publish(event: HoldfastEvent): void {
    for (const handler of this.#handlers.get(event.id) ?? []) handler(event)
  }

  #subscribe(id: string, handler: (event: HoldfastEvent) => void): () => void {
    const handlers = this.#handlers.get(id) ?? new Set()
    this.#handlers.set(id, handlers.add(handler))
    return () => handlers.delete(handler)
  }
}
