// The calls for what is made from a recording: media.mp4, thumbnail, waveform, posters, and the jobs behind them. Who may
// see the recording may have these made; who only has a link may not stop or repeat it.
import type { Db, FoundRecording, JobName, ReadJob } from '@holdfast/db'
import { touchJob } from '@holdfast/db'
import { HoldfastError, isErrorCode, isJobKind, type JobKind } from '@holdfast/protocol'
import { type Context, Hono } from 'hono'
import type { Access } from '../access/access.ts'
import { credentialsOf } from '../http/request-context.ts'
import { answerFile, type ServedFile } from '../media-file/media-answer.ts'
import type { MediaFiles } from '../media-file/media-files.ts'
import { fileRequest, sent, serveMedia } from '../media-file/media-routes.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { knownRecording } from '../recordings/known-recording.ts'
import { viewJob } from './job-view.ts'
import type { Jobs } from './jobs.ts'
import { writePosterTrack } from './poster-track.ts'

export type MadeDeps = {
  readonly db: Db
  readonly access: Access
  readonly media: MediaFiles
  readonly jobs: Jobs
  readonly log: Log
  readonly metrics: Metrics
}

export function madeRoutes(deps: MadeDeps): Hono {
  return new Hono()
    .get('/recordings/:id/media.mp4', (c) => serveMp4(deps, c))
    .get('/recordings/:id/thumbnail.jpg', (c) => serveMade(deps, c, 'thumbnail'))
    .get('/recordings/:id/waveform.json', (c) => serveMade(deps, c, 'waveform'))
    .get('/recordings/:id/posters.vtt', (c) => servePosterTrack(deps, c))
    .get('/recordings/:id/posters/:name', (c) => servePoster(deps, c))
    .post('/recordings/:id/jobs/:kind', (c) => startJob(deps, c))
    .delete('/recordings/:id/jobs/:kind', (c) => stopJob(deps, c))
}

const CONTENT_TYPES: Record<JobKind, string> = {
  export: 'video/mp4',
  thumbnail: 'image/jpeg',
  waveform: 'application/json',
  posters: 'image/jpeg',
}
/** A thumbnail takes half a second, an export as long as the recording. */
const RETRY_AFTER_S = '2'

async function serveMp4(deps: MadeDeps, c: Context): Promise<Response> {
  const row = await seenRecording(deps, c)
  try {
    return await serveMedia(deps, c, 'mp4')
  } catch (error) {
    // Exports are made of versions; a single take or moment is not one, nor is another way to join the takes.
    const { take, generation, pauses = 'closed' } = c.req.query()
    const isVersion = take === undefined && generation === undefined && pauses === 'closed'
    const mayBeMade = error instanceof HoldfastError && error.code === 'export_needed' && isVersion
    if (!mayBeMade) throw error
  }
  return await serveJob(deps, c, jobName(c, row, 'export'))
}

async function serveMade(deps: MadeDeps, c: Context, kind: JobKind): Promise<Response> {
  return await serveJob(deps, c, jobName(c, await seenRecording(deps, c), kind))
}

async function serveJob(deps: MadeDeps, c: Context, name: JobName): Promise<Response> {
  const found = await madeFile(deps, name)
  if (!('served' in found)) return unfinished(c, found)
  const request = fileRequest(deps, c, { recordingId: name.recordingId, shape: 'recorded' })
  const isPinned = request.version !== null && name.kind !== 'export'
  const downloadAs = request.isDownload ? await deps.media.nameOf(name.recordingId) : null
  const response = await answerFile(found.served, { ...request, downloadAs, isPinned })
  return sent(response, c, deps.metrics)
}

async function servePosterTrack(deps: MadeDeps, c: Context): Promise<Response> {
  const name = jobName(c, await seenRecording(deps, c), 'posters')
  const found = await madeFile(deps, name)
  if (!('served' in found)) return unfinished(c, found)
  const query = new URLSearchParams({ version: String(name.version) })
  const access = c.req.query('access')
  if (access !== undefined) query.set('access', access)
  const track = writePosterTrack(found.job.made?.parts?.length ?? 0, query)
  const headers = {
    'Content-Type': 'text/vtt; charset=utf-8',
    'Cache-Control': 'private, no-cache',
  }
  return sent(c.body(track, 200, headers), c, deps.metrics)
}

async function servePoster(deps: MadeDeps, c: Context): Promise<Response> {
  const number = /^(\d{1,6})\.jpg$/.exec(c.req.param('name') ?? '')?.[1]
  const row = await seenRecording(deps, c)
  const found = await madeFile(deps, jobName(c, row, 'posters'))
  if (!('served' in found)) return unfinished(c, found)
  const [offset, size] = found.job.made?.parts?.[Number(number ?? -1)] ?? []
  if (offset === undefined || size === undefined) throw new HoldfastError('not_found')
  const { served: all } = found
  const served = {
    ...{ size, contentType: CONTENT_TYPES.posters },
    etag: all.etag.replace(/"$/, `.${number}"`),
    bytes: (from: number, to: number) => all.bytes(offset + from, offset + to),
  }
  const request = fileRequest(deps, c, { recordingId: row.id, shape: 'recorded' })
  const isPinned = request.version !== null
  return sent(await answerFile(served, { ...request, downloadAs: null, isPinned }), c, deps.metrics)
}

async function startJob(deps: MadeDeps, c: Context): Promise<Response> {
  const job = await deps.jobs.startAgain(await ownJob(deps, c))
  return c.json(viewJob(job), 202)
}

async function stopJob(deps: MadeDeps, c: Context): Promise<Response> {
  const job = await deps.jobs.cancel(await ownJob(deps, c))
  if (!job) throw new HoldfastError('not_found')
  return c.json(viewJob(job))
}

/** For those who may more than look. @throws HoldfastError of `Access`, `forbidden`, `not_found` */
async function ownJob(deps: MadeDeps, c: Context): Promise<JobName> {
  const row = await seenRecording(deps, c)
  if (deps.access.viewer(credentialsOf(c), row) === 'link') throw new HoldfastError('forbidden')
  const kind = c.req.param('kind')
  if (!isJobKind(kind)) throw new HoldfastError('not_found')
  const name = jobName(c, row, kind)
  if (name.version === 0) throw new HoldfastError('no_media')
  return name
}

async function seenRecording({ db, access }: MadeDeps, c: Context): Promise<FoundRecording> {
  const row = await knownRecording(db, c.req.param('id'))
  access.viewer(credentialsOf(c), row)
  if (row.deletedAt) throw new HoldfastError('recording_deleted')
  if (row.chunkCount === 0) throw new HoldfastError('no_media')
  return row
}

/** Of the version that is asked for, else of the newest. */
function jobName(c: Context, row: FoundRecording, kind: JobKind): JobName {
  const asked = /^\d{1,9}$/.exec(c.req.query('version') ?? '')?.[0]
  const version = Number(asked ?? row.version)
  if (version > row.version || asked === '0') throw new HoldfastError('version_unknown')
  return { kind, recordingId: row.id, version }
}

type Found = { job: ReadJob; served: ServedFile }
type Unfinished = { name: JobName; job: ReadJob | null }

/** @throws HoldfastError `ffmpeg_missing`, `not_made`, and why it failed or was cancelled */
async function madeFile({ jobs, db }: MadeDeps, name: JobName): Promise<Found | Unfinished> {
  // Nothing is final yet: it is made when there is a version.
  if (name.version === 0) return { name, job: null }
  const job = await jobs.ask(name)
  if (job.status === 'failed' || job.status === 'cancelled') throw whyNot(job)
  if (job.status === 'waiting' && jobs.ffmpeg !== 'ok') throw new HoldfastError('ffmpeg_missing')
  if (!job.made) return { name, job }
  const { recordingId } = name
  const { file } = job.made
  if (file === null) throw new HoldfastError('not_made')
  const size = await jobs.files.size(recordingId, file)
  if (size === null) return { name, job: await jobs.makeAgain(name) }
  await touchJob(db, job.id)
  const served = {
    ...{ size, contentType: CONTENT_TYPES[name.kind], etag: `"made-${job.id}.${job.epoch}"` },
    bytes: (from: number, to: number) => jobs.files.stream(recordingId, file, { from, to }),
  }
  return { job, served }
}

const TOLD = new Set(['job_limit', 'job_cancelled', 'ffmpeg_missing', 'no_media'])

function whyNot({ errorCode, lastError }: ReadJob): HoldfastError {
  if (!isErrorCode(errorCode) || !TOLD.has(errorCode)) return new HoldfastError('job_failed')
  return new HoldfastError(errorCode, lastError === null ? {} : { message: lastError })
}

function unfinished(c: Context, { name, job }: Unfinished): Response {
  const { kind, version } = name
  const waiting = { job: kind, version, status: 'waiting', progress: 0, bytes: null, code: null }
  c.header('Retry-After', RETRY_AFTER_S)
  c.header('Cache-Control', 'no-store')
  return c.json(job ? viewJob(job) : waiting, 202)
}
