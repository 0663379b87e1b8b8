// Ingest: where chunks come in. One session logic, fed by WebSocket, POST …/frames, PUT and POST …/stop.
import type { Db } from '@holdfast/db'
import { HoldfastError, type HoldfastEvent, pingMsFor, type WireLimits } from '@holdfast/protocol'
import type { IndexTail } from '../media-file/take-indexes.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { ChunkStore } from '../store/chunk-store.ts'
import { Admission } from './admission.ts'
import { ChunkIntake, type Transport } from './chunk-intake.ts'
import type { IngestDeps } from './deps.ts'
import type { FrameSink, SocketSession, StreamSession } from './frame-sink.ts'
import type { HttpAnswer } from './http-answer.ts'
import { IndexCatchUp } from './index-catch-up.ts'
import { LedgerBatcher } from './ledger-batcher.ts'
import { type ObservedOptions, observe } from './observed.ts'
import { type FramesRequest, postFrames } from './post-frames.ts'
import { postStop, type StopRequest } from './post-stop.ts'
import { type ChunkRequest, putChunk } from './put-chunk.ts'
import { SignsOfLife } from './signs-of-life.ts'
import { Socket } from './socket.ts'

export type { HttpAnswer } from './http-answer.ts'

export type IngestOptions = {
  db: Db
  store: ChunkStore
  limits: WireLimits
  graceMs: number
  maxRecordingBytes: number
  /** Events of one recording, as they are committed; returns the way to end it. */
  subscribe: (recordingId: string, handler: (event: HoldfastEvent) => void) => () => void
  /** Fills in the missing indexes of a take; see media-file. */
  catchUpIndexes: (recordingId: string, take: number) => Promise<IndexTail | null>
  log: Log
  metrics: Metrics
} & Pick<IngestDeps, 'onComplete' | 'readyEvent'> &
  Pick<ObservedOptions, 'tellReturn'>

/** All sessions together may hold this much between arrival and verdict: a slow disk must not fill memory. */
const MAX_HELD_BYTES = 256 * 1024 * 1024

export class Ingest {
  readonly #deps: IngestDeps
  readonly #subscribe: IngestOptions['subscribe']
  readonly #catchUp: IndexCatchUp
  readonly #sockets = new Set<Socket>()
  readonly #pinger: NodeJS.Timeout
  #isShuttingDown = false

  constructor(options: IngestOptions) {
    const { db, store, limits, maxRecordingBytes, onComplete } = options
    const { maxChunkBytes } = limits
    const pingMs = pingMsFor(options.graceMs)
    const observed = observe({ ...options, pingMs })
    const batcher = new LedgerBatcher({ db, maxRecordingBytes, onComplete })
    const { onFault } = observed
    const catchUp = new IndexCatchUp({ catchUp: options.catchUpIndexes, onFault })
    this.#catchUp = catchUp
    const shared = { db, store, catchUp, onFault, maxChunkBytes, maxRecordingBytes }
    this.#subscribe = options.subscribe
    this.#deps = {
      ...options,
      ...observed,
      admission: new Admission(db),
      intake: new ChunkIntake({ ...shared, batcher, maxHeldBytes: MAX_HELD_BYTES }),
      signs: new SignsOfLife(db),
      pingMs,
    }
    this.#pinger = setInterval(() => this.#tick(), pingMs)
  }

  get openSockets(): number {
    return this.#sockets.size
  }

  /** Bytes of chunks that wait for the store or the ledger. */
  get heldBytes(): number {
    return this.#deps.intake.heldBytes
  }

  /** A WebSocket was upgraded for this recording; its first frame must be HELLO. */
  openSocket(recordingId: string, sink: FrameSink): SocketSession {
    return this.#open(recordingId, 'websocket', sink)
  }

  /** A WebTransport stream began, whose HELLO names this recording; that HELLO is to be its first frame. */
  openStream(recordingId: string, sink: FrameSink): StreamSession {
    return this.#open(recordingId, 'webtransport', sink)
  }

  #open(recordingId: string, transport: Transport, sink: FrameSink): Socket {
    const socket = new Socket({
      deps: this.#deps,
      recordingId,
      transport,
      sink,
      subscribe: (id, of) => this.#forward(id, of),
      onClosed: (closed) => this.#sockets.delete(closed),
    })
    this.#sockets.add(socket)
    if (this.#isShuttingDown) socket.end(new HoldfastError('shutting_down'))
    return socket
  }

  postFrames(request: FramesRequest): Promise<HttpAnswer> {
    return postFrames(this.#deps, request)
  }

  putChunk(request: ChunkRequest): Promise<HttpAnswer> {
    return putChunk(this.#deps, request)
  }

  postStop(request: StopRequest): Promise<HttpAnswer> {
    return postStop(this.#deps, request)
  }

  /** Commits the signs of life since the last call; the sweeper calls it before it judges anybody. */
  flushSignsOfLife(): Promise<void> {
    const { admission, signs } = this.#deps
    // I5: whoever waits for a verdict is silent because of us.
    for (const id of admission.waiting()) signs.mark(id)
    return signs.flush()
  }

  /** Finishes what was received, tells every client to reconnect, closes their sockets. */
  async shutdown(): Promise<void> {
    this.#isShuttingDown = true
    clearInterval(this.#pinger)
    this.#catchUp.stop()
    await Promise.all([...this.#sockets].map((socket) => socket.shutdown()))
    await this.flushSignsOfLife()
  }

  #tick(): void {
    for (const socket of this.#sockets) socket.tick()
  }

  #forward(recordingId: string, socket: Socket): () => void {
    return this.#subscribe(recordingId, (event) => {
      // What a recorder did itself is news to others only.
      if (event.type === 'returned') return
      socket.tell(event)
      if (event.type === 'deleted') socket.end(new HoldfastError('recording_deleted'))
    })
  }
}
