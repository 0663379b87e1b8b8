// One attempt at one job: the lease is kept alive and the progress told while the maker works; then the file is made
// durable, and only then the job is done. Whoever loses the lease, by cancelling or by being too slow, kills ffmpeg and
// leaves nothing behind.
import {
  completeJob,
  type Db,
  failJob,
  type JobClaim,
  type MadeFile,
  releaseJob,
  renewJob,
} from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import type { MediaFiles } from '../media-file/media-files.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { MadeFiles } from '../store/made-files.ts'
import type { Limits } from './fence.ts'
import type { Ffmpeg } from './ffmpeg-run.ts'
import { KeptParts } from './kept-parts.ts'
import { LOST, STOPPING } from './lane.ts'
import { MAKERS } from './makers.ts'

export type JobDeps = {
  readonly db: Db
  readonly media: Pick<MediaFiles, 'open' | 'openParts'>
  readonly files: MadeFiles
  readonly ffmpeg: Ffmpeg
  readonly limits: Limits
  readonly leaseMs: number
  /** How much media a part of an export holds at least. */
  readonly partMs: number
  readonly log: Log
  readonly metrics: Metrics
}

/** A dead worker's attempts count, unless it finished a part: what kills the server again and again ends here. */
const MAX_ATTEMPTS = 3
const FIRST_RETRY_MS = 2000
/** Often enough that a cancelled ffmpeg is gone soon, and a person sees progress. */
const MAX_TICK_MS = 1000

type Outcome = 'done' | 'nothing' | 'failed' | 'again' | 'lost' | 'released'

/** Never rejects. `stopping` hands the job back. */
export async function attemptJob(
  deps: JobDeps,
  claim: JobClaim,
  stopping: AbortSignal,
): Promise<void> {
  const { log, metrics } = deps
  const startedAt = performance.now()
  const about = { recordingId: claim.recordingId, job: claim.kind, version: claim.version }
  const { db, files, limits } = deps
  const parts = new KeptParts({ db, files, maxBytes: limits.fileBytes }, claim)
  let outcome: Outcome
  try {
    outcome = await make(deps, { claim, parts }, stopping)
  } catch (error) {
    const attempt = parts.hasFinished ? 1 : claim.attempt
    outcome = await settleFailure(deps, { ...claim, attempt }, error).catch((cause: unknown) => {
      // The lease runs out by itself; then any instance takes it up.
      log.warn({ ...about, error: cause }, 'how the job ended could not be written down')
      return 'lost' as const
    })
  }
  const tookMs = Math.round(performance.now() - startedAt)
  metrics.jobs.inc({ kind: claim.kind, outcome })
  metrics.jobSeconds.observe({ kind: claim.kind }, tookMs / 1000)
  log.info({ ...about, attempt: claim.attempt, outcome, tookMs }, 'job ended')
}

type Attempted = { claim: JobClaim; parts: KeptParts }

async function make(
  deps: JobDeps,
  { claim, parts }: Attempted,
  stopping: AbortSignal,
): Promise<Outcome> {
  if (claim.attempt > MAX_ATTEMPTS) {
    throw new HoldfastError('job_failed', { message: 'Whoever tried this died of it.' })
  }
  if (await deps.files.isDiskLow()) throw new HoldfastError('disk_full')
  const folder = await deps.files.begin(claim, Object.values(claim.kept))
  try {
    const made = await withLease(deps, { claim, stopping }, async (lease) => {
      const { ffmpeg, limits, partMs } = deps
      const media = await deps.media.open(claim.recordingId, claim.version)
      const openParts = () => deps.media.openParts(claim.recordingId, claim.version)
      const work = { media, openParts, parts, partMs, ffmpeg, limits, folder }
      return await MAKERS[claim.kind]({ ...work, ...lease })
    })
    const result: MadeFile = made
      ? {
          ...named(await deps.files.keep(claim, made.file)),
          ...(made.parts && { parts: made.parts }),
        }
      : { file: null, bytes: 0 }
    if (await completeJob(deps.db, claim, result)) {
      // The parts: what was made from them is there.
      await deps.files.forget(claim, result.file === null ? [] : [result.file])
      return made ? 'done' : 'nothing'
    }
    // Cancelled, deleted or taken over in the last moment: nobody names this file.
    await deps.files.forget(claim)
    return 'lost'
  } finally {
    await deps.files.end(claim)
  }
}

const named = ({ name, bytes }: { name: string; bytes: number }) => ({ file: name, bytes })

type Held = { report: (progress: number) => void; signal: AbortSignal }

/** Keeps the lease while `work` runs; aborts it when the lease is lost or cannot be kept. */
async function withLease<T>(
  { db, leaseMs, limits, files }: JobDeps,
  { claim, stopping }: { claim: JobClaim; stopping: AbortSignal },
  work: (held: Held) => Promise<T>,
): Promise<T> {
  const lost = new AbortController()
  let { progress } = claim
  let heldAt = performance.now()
  let isAsking = false
  const tick = async () => {
    if (isAsking) return
    isAsking = true
    const askedAt = performance.now()
    try {
      if (await renewJob(db, claim, { leaseMs, progress })) heldAt = askedAt
      else lost.abort(LOST)
      if (await files.isDiskLow()) lost.abort(new HoldfastError('disk_full'))
    } catch {
      // The database is away: go on as long as nobody else can hold the lease.
      if (performance.now() - heldAt > leaseMs) lost.abort(LOST)
    } finally {
      isAsking = false
    }
  }
  const timer = setInterval(() => void tick(), Math.min(MAX_TICK_MS, leaseMs / 3))
  const late = setTimeout(() => lost.abort(tooLong(limits)), limits.timeMs)
  const report = (percent: number) => {
    progress = percent
  }
  try {
    return await work({ report, signal: AbortSignal.any([lost.signal, stopping]) })
  } finally {
    clearInterval(timer)
    clearTimeout(late)
  }
}

/** The whole attempt, however many programs it runs. */
function tooLong({ timeMs }: Limits): HoldfastError {
  return new HoldfastError('job_limit', { message: `It took more than ${timeMs} ms.` })
}

async function settleFailure(deps: JobDeps, claim: JobClaim, error: unknown): Promise<Outcome> {
  const { db, log, files } = deps
  if (error === LOST) return 'lost'
  if (error === STOPPING) return (await releaseJob(db, claim)) ? 'released' : 'lost'
  const code = error instanceof HoldfastError ? error.code : 'internal'
  const isCounted = code !== 'disk_full'
  const isFinal = isCounted && (claim.attempt >= MAX_ATTEMPTS || FINAL.has(code))
  const retryMs = isFinal
    ? null
    : isCounted
      ? FIRST_RETRY_MS * 4 ** (claim.attempt - 1)
      : FULL_RETRY_MS
  const message = String((error as Error)?.message ?? error).slice(0, 500)
  const about = { recordingId: claim.recordingId, job: claim.kind, code }
  // Nothing is lost with it: the recording is there, and a POST starts the job again.
  if (isFinal) log.warn({ ...about, error }, 'a job failed')
  else log.warn({ ...about, retryMs, error }, 'a job failed, it will be tried again')
  if (!(await failJob(db, claim, { code, message, retryMs, isCounted }))) return 'lost'
  if (isFinal) await files.forget(claim)
  return isFinal ? 'failed' : 'again'
}

/** While the disk is below its reserve. */
const FULL_RETRY_MS = 60_000

/** What would fail in the same way again, and cost as much. */
const FINAL = new Set([
  'job_limit',
  'job_failed',
  'ffmpeg_missing',
  'no_media',
  'version_unknown',
  'recording_deleted',
])
