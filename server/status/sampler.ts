// What this instance counted in the last quarter of a minute, written down for the status page: differences of the metrics, so
// that a restart is no drop.
import { type Db, isDatabaseAway, type Sample, writeSample } from '@holdfast/db'
import type { Counter, Histogram } from 'prom-client'
import type { Ingest } from '../ingest/index.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { ChunkStore } from '../store/chunk-store.ts'
import { quantile } from './quantile.ts'

export type SamplerOptions = {
  db: Db
  incarnation: string
  metrics: Metrics
  ingest: Pick<Ingest, 'openSockets'>
  store: Pick<ChunkStore, 'health'>
  log: Log
  /** @default 15,000 */
  everyMs?: number
}

const EVERY_MS = 15_000
/** Whoever did not press Stop. */
const BY_ITSELF = new Set(['disconnect', 'pagehide', 'reconcile'])

type Totals = Record<string, number>
type Counted = { totals: Totals; buckets: Map<number, number> }

export class Sampler {
  readonly #options: SamplerOptions
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> | null = null
  #before: Counted | null = null

  constructor(options: SamplerOptions) {
    this.#options = options
  }

  start(): void {
    const { everyMs = EVERY_MS } = this.#options
    this.#timer = setInterval(() => {
      this.#round ??= this.sample().finally(() => {
        this.#round = null
      })
    }, everyMs)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.#round
  }

  /** Never rejects: a curve may lack a point. */
  async sample(): Promise<void> {
    const { db, incarnation, metrics, ingest, store, log } = this.#options
    try {
      const counted = await count(metrics)
      const since = difference(counted, this.#before)
      this.#before = counted
      const { freeBytes } = await store.health()
      const present = { recorders: ingest.openSockets, freeBytes }
      await writeSample(db, incarnation, { ...toSample(since), ...present })
    } catch (error) {
      if (!isDatabaseAway(error)) log.warn({ error }, 'a sample could not be written')
    }
  }
}

async function count(metrics: Metrics): Promise<Counted> {
  const finalized = (await metrics.finalized.get()).values
  const byItself = finalized.filter(({ labels }) => BY_ITSELF.has(String(labels.reason)))
  const sum = (values: readonly { value: number }[]) =>
    values.reduce((all, { value }) => all + value, 0)
  const totals = {
    finalized: sum(finalized),
    byItself: sum(byItself),
    acked: await total(metrics.chunkAcked),
    bytes: await total(metrics.chunkBytes),
    missing: await total(metrics.chunkMissing),
    rejected: await total(metrics.chunkRejected),
    failures: await total(metrics.finalizeFailed),
    returned: await total(metrics.graceReconnects),
    expired: await total(metrics.graceExpired),
    purged: await total(metrics.cleanupPurged),
    purgedBytes: await total(metrics.cleanupBytes),
  }
  return { totals, buckets: await bucketsOf(metrics.chunkAckSeconds) }
}

async function total(counter: Counter): Promise<number> {
  return (await counter.get()).values.reduce((all, { value }) => all + value, 0)
}

/** Upper bound in seconds → how many were not slower. */
async function bucketsOf(histogram: Histogram): Promise<Map<number, number>> {
  const { values } = await histogram.get()
  const buckets = values.filter(({ metricName }) => metricName?.endsWith('_bucket'))
  return new Map(buckets.map(({ labels, value }) => [Number(labels.le ?? Infinity), value]))
}

function difference(now: Counted, before: Counted | null): Counted {
  if (!before) return now
  const less = (key: string, value: number) => value - (before.totals[key] ?? 0)
  const totals = Object.entries(now.totals).map(([key, value]) => [key, less(key, value)])
  const buckets = [...now.buckets].map(([le, value]): [number, number] => {
    return [le, value - (before.buckets.get(le) ?? 0)]
  })
  return { totals: Object.fromEntries(totals) as Totals, buckets: new Map(buckets) }
}

function toSample({ totals, buckets }: Counted): Omit<Sample, 'recorders' | 'freeBytes'> {
  const ms = (share: number) => {
    const seconds = quantile(buckets, share)
    return seconds === null ? null : Math.round(seconds * 1e5) / 100
  }
  const counted = totals as Omit<Sample, 'recorders' | 'freeBytes' | 'ackP50Ms' | 'ackP99Ms'>
  return { ...counted, ackP50Ms: ms(0.5), ackP99Ms: ms(0.99) }
}
