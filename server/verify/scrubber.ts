// Reads everything that is stored, again and again, slowly: damage that nobody comes upon is found while another copy may
// still be there, in a segment that is kept or on a recorder's device. Runs in every instance; one at a time has the turn.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ChunkPlace,
  claimScrub,
  type Db,
  endScrub,
  isDatabaseAway,
  keepScrub,
  nextToScrub,
  type ScrubPosition,
  type ScrubTurn,
} from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Verifier } from './verifier.ts'

export type ScrubberOptions = {
  db: Db
  verifier: Pick<Verifier, 'verify'>
  /** 0 = never. */
  bytesPerSecond: number
  /** Between the end of a pass and the beginning of the next. */
  restMs: number
  log: Log
  metrics: Metrics
  /** @default what really waits */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

const LOOK_EVERY_MS = 60_000
const LEASE_MS = 120_000
/** How often the position is written down: what a restart reads again at most. */
const KEEP_EVERY_MS = 15_000

const reallyPause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal })
}

export class Scrubber {
  readonly #options: ScrubberOptions
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> | null = null

  constructor(options: ScrubberOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#options.bytesPerSecond === 0) return
    this.#timer = setTimeout(() => {
      this.#round = this.scrub().finally(() => {
        if (!this.#stopping.signal.aborted) this.start()
      })
    }, LOOK_EVERY_MS)
  }

  /** Breaks off what runs; whoever has the turn next goes on from there. */
  async stop(): Promise<void> {
    this.#stopping.abort(new HoldfastError('shutting_down'))
    if (this.#timer) clearTimeout(this.#timer)
    await this.#round
  }

  /** Goes on with the pass to its end, if it is our turn. Never rejects. */
  async scrub(): Promise<void> {
    const { db, log } = this.#options
    try {
      const turn = await claimScrub(db, LEASE_MS)
      if (turn) await this.#goOn(turn)
    } catch (error) {
      if (!isDatabaseAway(error)) log.warn({ error }, 'scrubbing failed, going on later')
    }
  }

  async #goOn(turn: ScrubTurn): Promise<void> {
    const { db, restMs, log, metrics } = this.#options
    const { signal } = this.#stopping
    const steps = new Steps(this.#options, turn, signal)
    try {
      for (let next = await steps.first(); next !== null; next = await steps.next()) {
        await this.#read(next, steps)
      }
    } catch (error) {
      if (steps.isLost) return
      await steps.keep(0)
      if (signal.aborted) return
      throw error
    }
    await endScrub(db, turn, restMs)
    metrics.scrubPasses.inc()
    log.info({}, 'everything that is stored was read')
  }

  async #read({ recordingId, ...after }: NonNullable<ScrubPosition>, steps: Steps): Promise<void> {
    const { verifier, log } = this.#options
    const { signal } = steps
    const onChunk = (place: ChunkPlace, isSound: boolean) => steps.read(place, isSound)
    try {
      await verifier.verify(recordingId, { signal, after, onChunk })
    } catch (error) {
      if (signal.aborted || isDatabaseAway(error)) throw error
      // The others are read all the same; this one is looked at again in the next pass.
      log.warn({ recordingId, error }, 'a recording could not be scrubbed')
    }
  }
}

const BEGINNING = { take: -1, seq: -1 }

/** Where the pass is, what is written down of that, and its pace. */
class Steps {
  readonly signal: AbortSignal
  readonly #options: ScrubberOptions
  readonly #turn: ScrubTurn
  readonly #lost = new AbortController()
  #position: ScrubPosition
  /** Nothing was found yet in this recording: what is found is settled at its end. */
  #isSound = true
  #keptAt = performance.now()
  #isFreeAt = performance.now()

  constructor(options: ScrubberOptions, turn: ScrubTurn, stopping: AbortSignal) {
    this.#options = options
    this.#turn = turn
    this.#position = turn.position
    this.signal = AbortSignal.any([stopping, this.#lost.signal])
  }

  get isLost(): boolean {
    return this.#lost.signal.aborted
  }

  async first(): Promise<ScrubPosition> {
    return this.#position ?? (await this.next())
  }

  async next(): Promise<ScrubPosition> {
    const { db } = this.#options
    const recordingId = await nextToScrub(db, this.#position?.recordingId ?? null)
    this.#isSound = true
    this.#position = recordingId === null ? null : { recordingId, ...BEGINNING }
    if (recordingId !== null) await this.keep()
    return this.#position
  }

  /** @throws `signal.reason` */
  async read({ take, seq, bytes }: ChunkPlace, isSound: boolean): Promise<void> {
    const { bytesPerSecond, metrics, pause = reallyPause } = this.#options
    metrics.scrubbedBytes.inc(bytes)
    this.#isSound &&= isSound
    if (this.#isSound && this.#position) this.#position = { ...this.#position, take, seq }
    const now = performance.now()
    if (now - this.#keptAt > KEEP_EVERY_MS) await this.keep()
    this.#isFreeAt = Math.max(now, this.#isFreeAt) + (bytes / bytesPerSecond) * 1000
    // Timers are coarse: small chunks share one.
    if (this.#isFreeAt - now > 50) await pause(this.#isFreeAt - now, this.signal)
  }

  /** Keeps the turn, or with 0 gives it back. @throws HoldfastError `unavailable` when it is lost */
  async keep(leaseMs = LEASE_MS): Promise<void> {
    this.#keptAt = performance.now()
    const step = { position: this.#position, leaseMs }
    if (await keepScrub(this.#options.db, this.#turn, step)) return
    this.#lost.abort(new HoldfastError('unavailable'))
    this.signal.throwIfAborted()
  }
}
