// The calls about recordings as a whole: create, view, list, finalize, delete, restore, permits.
import {
  type Db,
  deleteRecording,
  type FoundRecording,
  listRecordings,
  readJobs,
  readLateChunks,
  readMissing,
  readRecording,
  readStoryEvents,
  readTakeArrivals,
  restoreRecording,
} from '@holdfast/db'
import { HoldfastError, LIMITS, TIMING } from '@holdfast/protocol'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Access } from '../access/access.ts'
import { MAX_PERMIT_MS } from '../access/permits.ts'
import type { Config } from '../config.ts'
import { checkInput, readJsonBody } from '../http/json-body.ts'
import { credentialsOf } from '../http/request-context.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { ChunkStore } from '../store/chunk-store.ts'
import { editKnown } from './edit-recording.ts'
import { MAX_MEMBERS, viewGroup } from './group-view.ts'
import { knownRecording } from './known-recording.ts'
import { makeLink } from './link-answer.ts'
import { readListQuery, writeCursor } from './list-query.ts'
import { makeRecording } from './new-recording.ts'
import { viewListed, viewRecording } from './recording-view.ts'
import { tellStory } from './story.ts'

export type RecordingDeps = {
  readonly config: Pick<Config, 'graceMs' | 'retentionDays' | 'notify'>
  readonly db: Db
  readonly store: ChunkStore
  readonly access: Access
  readonly jobs: Pick<Jobs, 'ffmpeg'>
  readonly finalizeNow: (recordingId: string) => Promise<string | null>
  readonly log: Log
  readonly metrics: Metrics
}

/** Title, metadata and contacts together; what is larger is no description. */
const MAX_BODY_BYTES = 64 * 1024
const DAY_MS = 86_400_000
/** Holes that the view counts over all takes before it says `more`. */
const MAX_HOLES = LIMITS.maxRanges * 8

export function recordingRoutes(deps: RecordingDeps): Hono {
  return new Hono()
    .post('/recordings', (c) => create(deps, c))
    .get('/recordings', (c) => list(deps, c))
    .get('/groups/:group', (c) => group(deps, c))
    .get('/recordings/:id', (c) => view(deps, c))
    .patch('/recordings/:id', (c) => edit(deps, c))
    .get('/recordings/:id/story', (c) => story(deps, c))
    .post('/recordings/:id/links', (c) => makeLink(deps, c))
    .delete('/recordings/:id', (c) => remove(deps, c))
    .post('/recordings/:id/restore', (c) => restore(deps, c))
    .post('/recordings/:id/finalize', (c) => finalize(deps, c))
    .post('/permits', (c) => permit(deps, c))
}

async function create(deps: RecordingDeps, c: Context): Promise<Response> {
  const { db, access, config, log, store } = deps
  const { owner } = await access.requireCreator(credentialsOf(c))
  // R9: what is being recorded keeps the reserve; nothing new begins below it.
  if ((await store.health()).reserve === 'low') throw new HoldfastError('disk_full')
  const body = await readJsonBody(c, MAX_BODY_BYTES)
  const made = await makeRecording(db, body, { owner, notify: config.notify })
  const { id, token, isNew } = made
  const { status, createdAt } = await knownRecording(db, id)
  if (isNew) log.info({ recordingId: id, owner }, 'recording created')
  const lifetimeMs = config.retentionDays * DAY_MS
  const expiresAt = lifetimeMs > 0 ? new Date(createdAt.getTime() + lifetimeMs).toISOString() : null
  c.header('Cache-Control', 'no-store')
  return c.json({ id, token, status, expiresAt }, isNew ? 201 : 200)
}

async function list({ db, access }: RecordingDeps, c: Context): Promise<Response> {
  access.requireAdmin(credentialsOf(c))
  const query = readListQuery(c.req.query())
  const page = await listRecordings(db, query)
  return c.json({
    recordings: page.recordings.map((row) => viewListed(row, access.links)),
    next: page.next && writeCursor(page.next, query.order),
  })
}

async function group({ db, access }: RecordingDeps, c: Context): Promise<Response> {
  access.requireAdmin(credentialsOf(c))
  const name = c.req.param('group') ?? ''
  const query = { ...readListQuery({ group: name }), limit: MAX_MEMBERS }
  const found = viewGroup(name, await listRecordings(db, query), access.links)
  if (!found) throw new HoldfastError('not_found')
  return c.json(found)
}

async function view({ db, access, config, jobs }: RecordingDeps, c: Context): Promise<Response> {
  const known = await knownRecording(db, c.req.param('id'))
  const credentials = credentialsOf(c)
  const viewer = access.viewer(credentials, known)
  const row = known.deletedAt ? null : await readRecording(db, known.id)
  if (!row) throw new HoldfastError('recording_deleted')
  const options = {
    viewer,
    links: access.links,
    access: viewer === 'link' ? credentials.access : null,
    graceMs: config.graceMs,
    missing: await readMissing(db, row.id, MAX_HOLES),
    jobs: await readJobs(db, row.id, row.version),
    canMake: jobs.ffmpeg === 'ok',
  }
  return c.json(viewRecording(row, options))
}

async function edit(deps: RecordingDeps, c: Context): Promise<Response> {
  const known = await knownRecording(deps.db, c.req.param('id'))
  if (deps.access.viewer(credentialsOf(c), known) === 'link') throw new HoldfastError('forbidden')
  const row = await editKnown(deps, known.id, await readJsonBody(c, MAX_BODY_BYTES))
  const { id, title, marks, trim } = row
  return c.json({ id, title, marks, trim })
}

async function story({ db, access }: RecordingDeps, c: Context): Promise<Response> {
  const known = await knownRecording(db, c.req.param('id'))
  access.viewer(credentialsOf(c), known)
  const recording = known.deletedAt ? null : await readRecording(db, known.id)
  if (!recording) throw new HoldfastError('recording_deleted')
  const [events, late, arrivals] = await Promise.all([
    readStoryEvents(db, known.id),
    readLateChunks(db, known.id),
    readTakeArrivals(db, known.id),
  ])
  return c.json({ id: known.id, story: tellStory({ recording, events, late, arrivals }) })
}

async function remove(deps: RecordingDeps, c: Context): Promise<Response> {
  const { db, access, log, metrics } = deps
  const row = await knownRecording(db, c.req.param('id'))
  access.requireDeleter(credentialsOf(c), row)
  const deletion = await deleteRecording(db, row.id, TIMING.undoDeleteMs)
  if (!deletion) throw new HoldfastError('recording_deleted')
  const { deletedAt, restoreUntil, isNew } = deletion
  if (isNew) {
    metrics.cleanupDeleted.inc({ cause: 'request' })
    log.info({ recordingId: row.id }, 'recording deleted')
    await recordDeletion(deps, row, { at: deletedAt, deleted: true })
  }
  return c.json({ id: row.id, deletedAt, restoreUntil })
}

async function restore(deps: RecordingDeps, c: Context): Promise<Response> {
  const { db, access, log, metrics } = deps
  const row = await knownRecording(db, c.req.param('id'))
  access.requireDeleter(credentialsOf(c), row)
  const outcome = await restoreRecording(db, row.id, TIMING.undoDeleteMs)
  if (outcome === 'expired') throw new HoldfastError('restore_expired')
  if (outcome === 'unknown') throw new HoldfastError('recording_unknown')
  if (outcome === 'restored') {
    metrics.cleanupRestored.inc()
    log.info({ recordingId: row.id }, 'deletion undone')
    await recordDeletion(deps, row, { at: new Date(), deleted: false })
  }
  const { id, status, version } = await knownRecording(db, row.id)
  return c.json({ id, status, version })
}

/** R13: the segments tell of the deletion too, so that a rebuilt ledger keeps it. The ledger decides. */
async function recordDeletion(
  { store, log }: RecordingDeps,
  { id, chunkCount }: FoundRecording,
  { at, deleted }: { at: Date; deleted: boolean },
): Promise<void> {
  if (chunkCount === 0) return
  try {
    await store.appendRecord(id, { kind: 'deleted', at: at.toISOString(), deleted })
  } catch (error) {
    log.warn({ recordingId: id, error }, 'the deletion stands in the ledger only')
  }
}

async function finalize(deps: RecordingDeps, c: Context): Promise<Response> {
  const { db, access, finalizeNow } = deps
  access.requireAdmin(credentialsOf(c))
  const row = await knownRecording(db, c.req.param('id'))
  if (row.deletedAt) throw new HoldfastError('recording_deleted')
  // null: another finalizer is at it, which is what was asked for.
  const outcome = (await finalizeNow(row.id)) ?? 'running'
  const { id, status, version } = await knownRecording(db, row.id)
  return c.json({ id, status, version, outcome }, 202)
}

const PermitBody = v.object({
  owner: v.nullish(v.pipe(v.string(), v.maxLength(200))),
  lifetimeMs: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1000, 'must be at least 1000'),
      v.maxValue(MAX_PERMIT_MS, `must be at most ${MAX_PERMIT_MS}`),
    ),
  ),
})

async function permit({ access }: RecordingDeps, c: Context): Promise<Response> {
  const creator = await access.requireCreator(credentialsOf(c))
  if (creator.by === 'permit') throw new HoldfastError('forbidden')
  const { owner, lifetimeMs } = checkInput(PermitBody, await readJsonBody(c, MAX_BODY_BYTES))
  // Who signed in as someone speaks for that one only; a server with a key for all its users.
  const named = creator.by === 'jwt' ? creator.owner : (owner ?? creator.owner)
  c.header('Cache-Control', 'no-store')
  return c.json(access.permits.issue(named, lifetimeMs), 201)
}
