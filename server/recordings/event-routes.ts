// GET /api/events: who may listen to what, and the answer's headers.
import type { Db } from '@holdfast/db'
import { HoldfastError, type HoldfastEvent } from '@holdfast/protocol'
import { type Context, Hono } from 'hono'
import type { Access } from '../access/access.ts'
import { credentialsOf } from '../http/request-context.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { EventFeed } from './event-feed.ts'
import { eventStream, readEventId } from './event-stream.ts'
import { knownRecording } from './known-recording.ts'

export type EventDeps = {
  readonly db: Db
  readonly access: Access
  readonly feed: EventFeed
  readonly metrics: Metrics
  /** Aborted when the server stops: the readers come back to another instance. */
  readonly stopping: AbortSignal
}

export function eventRoutes(deps: EventDeps): Hono {
  return new Hono().get('/events', (c) => openEvents(deps, c))
}

async function openEvents(deps: EventDeps, c: Context): Promise<Response> {
  const { feed, metrics, stopping } = deps
  const recordingId = await whatMayBeHeard(deps, c)
  const headers = {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // Proxies that buffer would keep events until there are enough of them.
    'X-Accel-Buffering': 'no',
  }
  // Nobody would ever end the stream of a HEAD.
  if (c.req.method === 'HEAD') return c.body(null, 200, headers)
  metrics.eventStreams.inc()
  const body = eventStream({
    feed,
    recordingId,
    after: readEventId(c.req.header('last-event-id') ?? c.req.query('lastEventId')),
    first: recordingId === null ? null : () => statusNow(deps.db, recordingId),
    stopping,
    onEnd: () => metrics.eventStreams.dec(),
  })
  return c.body(body, 200, headers)
}

/** @throws HoldfastError of `Access`, `bad_request` for a link without its recording */
async function whatMayBeHeard({ db, access }: EventDeps, c: Context): Promise<string | null> {
  const id = c.req.query('recording')
  const credentials = credentialsOf(c)
  if (id === undefined) {
    if (credentials.access !== null) {
      throw new HoldfastError('bad_request', { message: 'recording: is missing' })
    }
    access.requireAdmin(credentials)
    return null
  }
  const row = await knownRecording(db, id)
  access.viewer(credentials, row)
  return row.id
}

/** Where the recording stands, for one who comes without a past. */
async function statusNow(db: Db, id: string): Promise<HoldfastEvent> {
  const row = await knownRecording(db, id)
  if (row.deletedAt) return { type: 'deleted', id }
  const { status, version, reason } = row
  return { type: 'status', id, status, version, reason }
}
