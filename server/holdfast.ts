// The server, put together: each part gets what it needs and nothing is global, so that several can run in
// one process. Started in the order in which the parts need each other, stopped in the reverse.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  endIncarnation,
  enterInstance,
  fenceOthers,
  publishReturn,
  readReadyEvent,
  releaseLeases,
  sharedSecret,
  tellOfEvents,
} from '@holdfast/db'
import { LIMITS } from '@holdfast/protocol'
import { uuidv7 } from 'uuidv7'
import { Access } from './access/access.ts'
import { SigningKey } from './access/signing-key.ts'
import type { Bus } from './bus/bus.ts'
import { openBus } from './bus/open-bus.ts'
import type { Config } from './config.ts'
import { type OpenedDatabase, openDatabase } from './database.ts'
import { Finalizer } from './finalize/finalizer.ts'
import { gapMsFor, Sweeper } from './finalize/sweeper.ts'
import { type AppDeps, createApp } from './http/app.ts'
import type { Listen, Listener } from './http/listener.ts'
import { OriginGuard } from './http/origin-guard.ts'
import { readStaticFiles } from './http/static-files.ts'
import { Ingest } from './ingest/index.ts'
import { findFfmpeg } from './jobs/ffmpeg-program.ts'
import { Jobs } from './jobs/jobs.ts'
import { type Keepers, makeKeepers } from './keepers.ts'
import { layOutRecording } from './media-file/lay-out-recording.ts'
import { openMedia } from './media-file/open-media.ts'
import { catchUpIndexes } from './media-file/take-file.ts'
import type { Notifications } from './notify/notifications.ts'
import { openNotifications } from './notify/open-notifications.ts'
import { Health } from './observe/health.ts'
import type { Log } from './observe/log.ts'
import { createMetrics, type Metrics } from './observe/metrics.ts'
import { ReceiptKeys } from './receipts/receipt-keys.ts'
import { EventFeed } from './recordings/event-feed.ts'
import { forgetDeleted } from './recordings/forget-deleted.ts'
import { Sampler } from './status/sampler.ts'
import { type StopStep, stopInOrder, stopTogether } from './stop-steps.ts'
import { type OpenedStore, openStore } from './store/open-store.ts'
import { requireSameStore } from './store/same-store.ts'
import { prepareWebTransport } from './webtransport/prepare.ts'
import type { WebTransport } from './webtransport/webtransport.ts'
import { warnOfSmallChunks, wireLimits } from './wire-limits.ts'

export type HoldfastOptions = {
  readonly config: Config
  readonly log: Log
  /** The listener of this runtime: listen-bun or listen-node. */
  readonly listen: Listen
  readonly build: { readonly version: string; readonly runtime: string }
  /** Folder of the built web application. @default ../web/dist */
  readonly webDir?: string
}

export interface Holdfast {
  readonly url: string
  readonly port: number
  /** Resolves when the server cannot go on: the embedded database is gone, or others took this process for dead. */
  readonly lost: Promise<void>
  /** Finishes what was received, tells clients to reconnect, stops. May be called again. */
  stop(): Promise<void>
}

const WEB_DIR = fileURLToPath(new URL('../web/dist', import.meta.url))

/** Resolves when requests are answered; nothing is left behind when it rejects. */
export async function startHoldfast(options: HoldfastOptions): Promise<Holdfast> {
  const undo: (() => unknown)[] = []
  try {
    return await start(options, undo)
  } catch (error) {
    for (const step of undo.toReversed()) await step()
    throw error
  }
}

async function start(options: HoldfastOptions, undo: (() => unknown)[]): Promise<Holdfast> {
  const { config, log, build } = options
  warnOfSmallChunks(config, log)
  const incarnation = uuidv7()
  const metrics = createMetrics(build)
  undo.push(() => metrics.close())
  const database = await openDatabase(config, log)
  undo.push(() => database.close())
  await enterInstance(database.client.db, incarnation, build.version)
  // Whoever held a lease here was killed: what it was doing is taken up now, not when its lease has run out.
  if (database.isExclusive) {
    await fenceOthers(database.client.db, incarnation)
    await releaseLeases(database.client.db)
  }
  const opened = await openStore(config.store, {
    incarnation,
    workDir: join(config.dataDir, 'making'),
    onFailure: ({ recordingId, segment, error }) => {
      metrics.storeFailures.inc()
      log.error({ recordingId, segment, error }, 'the store failed; the segment is set aside')
    },
    onWarning: (warning) => log.warn({}, warning),
  })
  undo.push(() => opened.store.close())
  await requireSameStore(database.client.db, opened.identity)
  const { redisUrl } = config
  const bus = await openBus({ redisUrl, database, name: incarnation, log, metrics })
  undo.push(() => bus.close())
  tellOfEvents(database.client.db, () => bus.publish())
  const base = { ...options, ...opened, database, bus, metrics, incarnation }
  const parts = await makeParts(base)
  undo.push(() => parts.stopWorkers())
  await parts.feed.start()
  parts.sweeper.start()
  for (const keeper of Object.values(parts.keepers)) keeper.start()
  parts.jobs.start()
  parts.notifications.start()
  parts.sampler.start()
  const files = await readStaticFiles(options.webDir ?? WEB_DIR)
  const listener = await options.listen({
    host: config.host,
    port: config.port,
    limits: parts.limits,
    makeApp: (upgrade) => createApp({ ...parts, files }, upgrade),
  })
  undo.push(() => listener.close())
  await parts.webTransport?.listen(listener.port)
  return running({ ...base, parts, listener })
}

type Base = HoldfastOptions &
  OpenedStore & {
    database: OpenedDatabase
    bus: Bus
    metrics: Metrics
    incarnation: string
  }

type Parts = Omit<AppDeps, 'files' | 'webTransport'> & {
  webTransport: WebTransport | null
  sweeper: Sweeper
  keepers: Keepers
  notifications: Notifications
  sampler: Sampler
  stopping: AbortSignal
  fenced: Promise<void>
  stopStreams: () => void
  stopWorkers: () => Promise<void>
}

async function makeParts(base: Base): Promise<Parts> {
  const { config, log, database, store, made, bus, metrics, incarnation, build } = base
  const { db } = database.client
  const key = await signingKey(base)
  const access = new Access(config, key)
  const opened = openMedia({ config, db, store, log, metrics })
  const { media, chunks, verifier } = opened
  const receiptKeys = new ReceiptKeys(db)
  // Made at the first start, so that it can be written down before anything is recorded.
  await receiptKeys.current()
  const mediaUrl = (id: string, version: number) => access.links.mediaUrl(id, { version })
  const feed = new EventFeed({ db, bus, mediaUrl, log })
  const { graceMs, leaseMs, sweepMs, maxRecordingBytes } = config
  const timing = { graceMs, leaseMs, gapMs: gapMsFor(sweepMs, graceMs) }
  const layOut = (id: string, generation: number) => layOutRecording({ db, store }, id, generation)
  const [found, processors] = [await findFfmpeg(config, log), availableParallelism()]
  const jobs = new Jobs({ config, db, files: made, media, found, processors, log, metrics })
  const finalizer = new Finalizer({
    ...{ db, timing, layOut, jobs: jobs.madeByItself, log, metrics },
    mend: (id) => verifier.suspect(id),
  })
  const limits = wireLimits(config)
  const { promise: fenced, resolve: onFenced } = Promise.withResolvers<void>()
  const sweeper = new Sweeper({
    ...{ db, incarnation, timing, sweepMs, finalizer, onFenced, log },
    flushSignsOfLife: () => ingest.flushSignsOfLife(),
  })
  const ingest = new Ingest({
    ...{ db, store, limits, graceMs, maxRecordingBytes, log, metrics },
    subscribe: (id, handler) => feed.subscribe(id, handler),
    catchUpIndexes: (id, take) => verifier.watch(id, () => catchUpIndexes({ db, store }, id, take)),
    tellReturn: (id, awayMs) => publishReturn(db, id, awayMs),
    onComplete: () => sweeper.poke(),
    readyEvent: async (id) => {
      const event = await readReadyEvent(db, id)
      return event && { ...event, mediaUrl: mediaUrl(id, event.version) }
    },
  })
  const keepers = makeKeepers({ ...base, ...opened, timing, finalizer })
  const notify = await openNotifications({ config, db, links: access.links, log, metrics })
  feed.subscribe('*', (event) => notify.notifications.heard(event))
  forgetDeleted(feed, { store, forget: (id) => media.forget(id), log })
  const health = new Health({ db, store, metrics, ffmpeg: jobs.ffmpeg })
  const sampler = new Sampler({ db, incarnation, metrics, ingest, store, log })
  const shared = { ingest, limits, guard: new OriginGuard(config), log, metrics }
  const webTransport = await prepareWebTransport(config, key, shared)
  const streams = new AbortController()
  return {
    ...{ ...shared, config, db, store, chunks, access, media, feed, health, webTransport },
    ...{ sweeper, timing, keepers, jobs, fenced, receiptKeys, ...notify, sampler, incarnation },
    version: build.version,
    maxJsonBytes: LIMITS.maxJsonBytes,
    finalizeNow: (id) => finalizer.finalizeNow(id),
    stopping: streams.signal,
    stopStreams: () => streams.abort(),
    stopWorkers: () => {
      const { notifications } = notify
      return stopWorkers({ sampler, notifications, jobs, ...keepers, sweeper, verifier, feed }, log)
    },
  }
}

type Worker = { stop(): Promise<void> }

function stopWorkers(workers: Record<string, Worker>, log: Log): Promise<void> {
  const steps = Object.entries(workers).map(
    ([name, worker]): StopStep => [`the ${name}`, () => worker.stop()],
  )
  return stopTogether(steps, log)
}

async function signingKey({ config, database }: Base): Promise<SigningKey> {
  if (config.urlSecret !== null) return SigningKey.fromText(config.urlSecret)
  const { keyId, secret } = await sharedSecret(database.client.db, 'links')
  return new SigningKey(keyId, secret)
}

type Running = Base & { parts: Parts; listener: Listener }

function running(server: Running): Holdfast {
  const { config, database, listener } = server
  let stopping: Promise<void> | null = null
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${listener.port}`,
    port: listener.port,
    lost: Promise.race([database.lost, server.parts.fenced]),
    stop: () => {
      stopping ??= stop(server)
      return stopping
    },
  }
}

/** Connections first, then the server, then what stands behind it. */
async function stop({
  parts,
  listener,
  store,
  bus,
  database,
  incarnation,
  log,
  metrics,
}: Running): Promise<void> {
  parts.health.setStopping()
  parts.webTransport?.drain()
  const drained = listener.drain()
  const steps: StopStep[] = [
    ['the sessions', () => parts.ingest.shutdown()],
    ['the event streams', () => parts.stopStreams()],
    ['the requests', () => Promise.race([drained, wait(DRAIN_MS)])],
    ['WebTransport', () => parts.webTransport?.close()],
    ['the listener', () => listener.close()],
    ['the workers', () => parts.stopWorkers()],
    ['the incarnation', () => endIncarnation(database.client.db, incarnation)],
    ['the bus', () => bus.close()],
    ['the store', () => store.close()],
    ['the metrics', () => metrics.close()],
    ['the database', () => database.close()],
  ]
  await stopInOrder(steps, log)
}

/** Requests that were running get this long; uploads are repeated elsewhere. */
const DRAIN_MS = 2000

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
