// Whether this process should get requests: database, store, and not on its way out. Asked by balancers every
// second, so one answer serves all who ask within it.
import { type Db, pingDatabase } from '@holdfast/db'
import type { FfmpegState } from '../jobs/ffmpeg-program.ts'
import type { ChunkStore, StoreHealth } from '../store/chunk-store.ts'
import type { Metrics } from './metrics.ts'

export type Readiness = {
  readonly ready: boolean
  readonly database: 'ok' | 'failing'
  readonly store: StoreHealth['state']
  /** `low`: recordings end with 507 and chunks with 503, while reading and finalizing go on. */
  readonly disk: StoreHealth['reserve']
  /** Without it the server is ready all the same; nothing is made from recordings then. */
  readonly ffmpeg: FfmpegState
  readonly stopping: boolean
}

type HealthOptions = { db: Db; store: ChunkStore; metrics: Metrics; ffmpeg: FfmpegState }

const FRESH_MS = 1000
const DATABASE_MS = 2000
/** Often enough that the gauges move and a failed store is probed, without anyone asking. */
const WATCH_MS = 10_000

export class Health {
  readonly #options: HealthOptions
  readonly #watch: NodeJS.Timeout
  #asked: { at: number; answer: Promise<Readiness> } | null = null
  #isStopping = false

  constructor(options: HealthOptions) {
    this.#options = options
    this.#watch = setInterval(() => void this.check(), WATCH_MS)
    this.#watch.unref()
  }

  /** From now on not ready: balancers send new requests elsewhere. */
  setStopping(): void {
    this.#isStopping = true
    this.#asked = null
    clearInterval(this.#watch)
  }

  get isStopping(): boolean {
    return this.#isStopping
  }

  /** Never rejects. */
  check(): Promise<Readiness> {
    const now = performance.now()
    if (!this.#asked || now - this.#asked.at > FRESH_MS) {
      this.#asked = { at: now, answer: this.#ask() }
    }
    return this.#asked.answer
  }

  async #ask(): Promise<Readiness> {
    const { db, store, metrics, ffmpeg } = this.#options
    const [database, health] = await Promise.all([answersInTime(pingDatabase(db)), store.health()])
    const isFailing = health.state === 'failing'
    metrics.storeFailing.set(isFailing ? 1 : 0)
    // Of a bucket nobody knows it: no value, since 0 would call for a person.
    if (health.freeBytes === null) metrics.diskFree.remove()
    else metrics.diskFree.set(health.freeBytes)
    return {
      ready: database && !isFailing && !this.#isStopping,
      database: database ? 'ok' : 'failing',
      store: health.state,
      disk: health.reserve,
      ffmpeg,
      stopping: this.#isStopping,
    }
  }
}

async function answersInTime(ping: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), DATABASE_MS)
  })
  const answered = ping.then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([answered, late])
  } finally {
    clearTimeout(timer)
  }
}
