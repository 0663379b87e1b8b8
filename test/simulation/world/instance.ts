// One instance of the server: the parts of server/holdfast.ts that a recording's life and death need, put together in the
// same way, as one process that can be killed and stopped.
import type { Db } from '@holdfast/db'
import { enterInstance, fenceOthers, readReadyEvent, readStatus, releaseLeases } from '@holdfast/db'
import { errorBody, HoldfastError, type HoldfastEvent, pingMsFor } from '@holdfast/protocol'
import { Compactor } from '../../../server/compaction/compactor.ts'
import { Finalizer } from '../../../server/finalize/finalizer.ts'
import { Sweeper } from '../../../server/finalize/sweeper.ts'
import type { FrameSink, SocketSession } from '../../../server/ingest/frame-sink.ts'
import { Ingest } from '../../../server/ingest/index.ts'
import { layOutRecording } from '../../../server/media-file/lay-out-recording.ts'
import { catchUpIndexes } from '../../../server/media-file/take-file.ts'
import { makeRecording } from '../../../server/recordings/new-recording.ts'
import { openLocalStore } from '../../../server/store/local-store.ts'
import { describeError } from '../engine/describe-error.ts'
import { Process, type Surroundings } from '../engine/process.ts'
import { inProcess, world } from '../engine/scheduler.ts'
import type { Answer, Request } from '../network/network.ts'
import { silentMetrics, tracingLog } from './observers.ts'
import {
  COMPACT_AFTER_MS,
  GAP_MS,
  GRACE_MS,
  KEEP_REPLACED_MS,
  LEASE_MS,
  LIMITS,
  MAX_RECORDING_BYTES,
  STORE_ROOT,
  SWEEP_MS,
} from './settings.ts'

type Handler = (event: HoldfastEvent) => void
type Parts = { ingest: Ingest; sweeper: Sweeper; compactor: Compactor }

export type InstanceOptions = {
  readonly name: string
  readonly surroundings: Required<Omit<Surroundings, 'device'>>
  /** Nobody else uses the ledger: leases that are held when it starts are a dead process's. */
  readonly isAlone: boolean
  /** It could not start, and is dead. */
  readonly onFailedStart: () => void
}

export class Instance {
  readonly process: Process
  readonly #options: InstanceOptions
  readonly #handlers = new Map<string, Set<Handler>>()
  #parts: Parts | null = null
  #troubledAt = 0

  constructor(options: InstanceOptions) {
    this.#options = options
    this.process = new Process(options.name, options.surroundings)
  }

  /** It listens; whether it also answers is another question. */
  get isListening(): boolean {
    return this.#parts !== null && this.process.isAlive
  }

  /** Something went wrong with it, or with what it stands on. */
  noteTrouble(): void {
    this.#troubledAt = world().now
  }

  /** Whatever it has heard since then, nothing kept it from saying so to the ledger. */
  wasWellSince(at: number): boolean {
    return this.process.isAlive && !this.process.isStopped && this.#troubledAt < at
  }

  start(): void {
    inProcess(this.process, () => {
      void this.#start().catch((error) => {
        world().trace(this.process.name, `did not start: ${describeError(error)}`)
        this.process.kill()
        this.#options.onFailedStart()
      })
    })
  }

  async #start(): Promise<void> {
    const { name, surroundings, isAlone } = this.#options
    const db = surroundings.database as unknown as Db
    const log = tracingLog(name)
    await enterInstance(db, name, 'simulated')
    if (isAlone) {
      await fenceOthers(db, name)
      await releaseLeases(db)
    }
    const store = await openLocalStore({
      root: STORE_ROOT,
      incarnation: name,
      onFailure: ({ error }) => world().trace(name, `the store failed: ${describeError(error)}`),
    })
    const metrics = silentMetrics()
    const timing = { graceMs: GRACE_MS, leaseMs: LEASE_MS, gapMs: GAP_MS }
    const layOut = (id: string, generation: number) =>
      layOutRecording({ db, store }, id, generation)
    const finalizer = new Finalizer({ db, timing, layOut, log, metrics })
    const sweeper = new Sweeper({
      ...{ db, incarnation: name, timing, sweepMs: SWEEP_MS, finalizer, log },
      flushSignsOfLife: () => ingest.flushSignsOfLife(),
    })
    const ingest = new Ingest({
      ...{ db, store, limits: LIMITS, graceMs: GRACE_MS, log, metrics },
      maxRecordingBytes: MAX_RECORDING_BYTES,
      subscribe: (id, handler) => this.#subscribe(id, handler),
      catchUpIndexes: (id, take) => catchUpIndexes({ db, store }, id, take),
      onComplete: () => sweeper.poke(),
      tellReturn: () => Promise.resolve(),
      readyEvent: (id) => readReadyEvent(db, id),
    })
    const compactor = new Compactor({
      ...{ db, store, leaseMs: LEASE_MS, log, metrics, forget: () => undefined },
      afterMs: COMPACT_AFTER_MS,
      keepMs: KEEP_REPLACED_MS,
    })
    sweeper.start()
    compactor.start()
    this.#parts = { ingest, sweeper, compactor }
    world().trace(name, 'listens')
  }

  openSocket(recordingId: string, sink: FrameSink): SocketSession {
    return this.#running().ingest.openSocket(recordingId, sink)
  }

  /** As the event feed: what is committed is heard a moment later. */
  tell(event: HoldfastEvent): void {
    for (const handler of this.#handlers.get(event.id) ?? []) handler(event)
  }

  /** Finishes what was received and tells its clients to go elsewhere. */
  shutDown(): Promise<void> {
    const { ingest, sweeper, compactor } = this.#running()
    world().trace(this.process.name, 'shuts down')
    this.#parts = null
    return Promise.allSettled([ingest.shutdown(), compactor.stop(), sweeper.stop()]).then(() =>
      this.process.kill(),
    )
  }

  /** An HTTP call of a recorder; never rejects. */
  async answer(request: Request): Promise<Answer> {
    try {
      return await this.#route(request)
    } catch (error) {
      if (!(error instanceof HoldfastError)) {
        world().trace(this.process.name, `failed: ${describeError(error)}`)
      }
      const known = error instanceof HoldfastError ? error : new HoldfastError('unavailable')
      return { status: known.status, body: { error: errorBody(known) } }
    }
  }

  async #route({ method, path, body, token = null }: Request): Promise<Answer> {
    const { ingest } = this.#running()
    const db = this.#options.surroundings.database as unknown as Db
    const [, , , recordingId = '', call] = path.split('/')
    if (path === '/api/capabilities') {
      return {
        status: 200,
        body: { limits: LIMITS, graceMs: GRACE_MS, pingMs: pingMsFor(GRACE_MS) },
      }
    }
    if (call === 'frames') {
      const pieces = (async function* () {
        yield body
      })()
      return await ingest.postFrames({ recordingId, token, body: pieces, transport: 'http' })
    }
    if (method === 'POST') {
      const owner = { owner: null, notify: { byDefault: null, webhookHosts: [] } }
      await makeRecording(db, JSON.parse(new TextDecoder().decode(body)), owner)
      return { status: 201, body: {} }
    }
    const status = await readStatus(db, recordingId)
    if (!status) throw new HoldfastError('recording_unknown')
    return { status: 200, body: { ...(await readReadyEvent(db, recordingId)), ...status } }
  }

  #running(): Parts {
    if (!this.#parts) throw new HoldfastError('shutting_down')
    return this.#parts
  }

  #subscribe(id: string, handler: Handler): () => void {
    const handlers = this.#handlers.get(id) ?? new Set()
    this.#handlers.set(id, handlers.add(handler))
    return () => handlers.delete(handler)
  }
}
