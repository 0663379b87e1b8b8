// All that makes things from recordings, put together: the lanes that work, the queue that they work on, and what has
// been made. Without ffmpeg nothing is queued and nothing made, and whoever asks is told.
import { cancelJob, type Db, type JobName, queueJob, type ReadJob, readJob } from '@holdfast/db'
import { HoldfastError, type JobKind } from '@holdfast/protocol'
import type { Config } from '../config.ts'
import type { MediaFiles } from '../media-file/media-files.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { MadeFiles } from '../store/made-files.ts'
import type { FfmpegState, FoundFfmpeg } from './ffmpeg-program.ts'
import { JobLane } from './job-lane.ts'
import { LANES, MADE_BY_ITSELF } from './makers.ts'

export type JobsOptions = {
  config: Pick<
    Config,
    | 'jobs'
    | 'jobTimeMs'
    | 'jobStallMs'
    | 'jobMemoryBytes'
    | 'maxExportBytes'
    | 'exportPartMs'
    | 'leaseMs'
    | 'sweepMs'
  >
  db: Db
  files: MadeFiles
  media: Pick<MediaFiles, 'open' | 'openParts'>
  found: FoundFfmpeg
  /** Processors of this machine; a job gets half of them. */
  processors: number
  log: Log
  metrics: Metrics
}

export class Jobs {
  readonly files: MadeFiles
  readonly ffmpeg: FfmpegState
  /** Queued with every new version. */
  readonly madeByItself: readonly JobKind[]
  readonly #options: JobsOptions
  readonly #lanes: readonly JobLane[]

  constructor(options: JobsOptions) {
    this.#options = options
    this.files = options.files
    this.ffmpeg = options.found.state
    this.madeByItself = this.ffmpeg === 'ok' ? MADE_BY_ITSELF : []
    this.#lanes = this.#makeLanes()
  }

  start(): void {
    for (const lane of this.#lanes) lane.poke()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop()))
  }

  /**
   * The job as it stands; queued by this call when nobody asked before.
   * @throws HoldfastError `ffmpeg_missing`, `recording_deleted`
   */
  async ask(name: JobName): Promise<ReadJob> {
    return (await readJob(this.#options.db, name)) ?? (await this.#queue(name, false))
  }

  /** Queues it anew unless it waits, runs or is done. Throws as `ask`. */
  async startAgain(name: JobName): Promise<ReadJob> {
    const job = await readJob(this.#options.db, name)
    return job && job.status === 'done' ? job : await this.#queue(name, true)
  }

  /** What it made is gone from the store: it is made once more. Throws as `ask`. */
  makeAgain(name: JobName): Promise<ReadJob> {
    return this.#queue(name, true)
  }

  /** The job after it was cancelled; null when there was none. */
  async cancel(name: JobName): Promise<ReadJob | null> {
    const { db } = this.#options
    const wasRunning = await cancelJob(db, name)
    const job = await readJob(db, name)
    // Whoever works on it learns of it within a second; what a dead worker left nobody else would remove.
    if (job && wasRunning) await this.files.forget(job)
    return job
  }

  async #queue(name: JobName, again: boolean): Promise<ReadJob> {
    const { db } = this.#options
    // Another instance may have ffmpeg; but whoever asks here would wait for nobody knows what.
    if (this.ffmpeg !== 'ok') throw new HoldfastError('ffmpeg_missing')
    await queueJob(db, name, again)
    for (const lane of this.#lanes) lane.poke()
    const job = await readJob(db, name)
    if (!job) throw new HoldfastError('recording_deleted')
    return job
  }

  #makeLanes(): JobLane[] {
    const { config, db, files, media, found, processors, log, metrics } = this.#options
    const { ffmpeg } = found
    if (!ffmpeg || config.jobs === 0) return []
    const limits = {
      timeMs: config.jobTimeMs,
      stallMs: config.jobStallMs,
      memoryBytes: config.jobMemoryBytes,
      fileBytes: config.maxExportBytes,
      threads: Math.max(1, Math.floor(processors / 2)),
    }
    const { leaseMs, sweepMs: everyMs, jobs: slots, exportPartMs: partMs } = config
    return LANES.map(
      (kinds) =>
        new JobLane({
          ...{ db, media, files, ffmpeg, limits, leaseMs, partMs, log, metrics },
          ...{ kinds, slots, everyMs },
        }),
    )
  }
}
