// The recorder's calls over HTTP, and the door to the WebSocket: takes requests apart and hands them to the
// session; decides nothing about chunks itself.
import { HoldfastError, readRecordingId } from '@holdfast/protocol'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { FrameSink, SocketSession } from '../ingest/frame-sink.ts'
import type { HttpAnswer, Ingest } from '../ingest/index.ts'
import type { Metrics } from '../observe/metrics.ts'
import { bodyOf, readJsonBody } from './json-body.ts'
import type { UpgradeSocket } from './listener.ts'
import { bearerOf } from './request-context.ts'

export type IngestRouteDeps = {
  readonly ingest: Ingest
  readonly metrics: Metrics
  readonly maxJsonBytes: number
}

export function ingestRoutes(deps: IngestRouteDeps, upgrade: UpgradeSocket): Hono {
  return new Hono()
    .get('/recordings/:id/socket', (c) => openSocket(deps, c, upgrade))
    .post('/recordings/:id/frames', (c) => postFrames(deps, c))
    .put('/recordings/:id/chunks/:take/:seq', (c) => putChunk(deps, c))
    .post('/recordings/:id/stop', (c) => postStop(deps, c))
}

/** @throws HoldfastError `recording_unknown` when the path names no recording id */
function recordingIdOf(c: Context): string {
  const id = readRecordingId(c.req.param('id'))
  if (id) return id
  throw new HoldfastError('recording_unknown')
}

async function openSocket(
  { ingest, metrics }: IngestRouteDeps,
  c: Context,
  upgrade: UpgradeSocket,
): Promise<Response> {
  const recordingId = recordingIdOf(c)
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw new HoldfastError('bad_request', { message: 'This address takes WebSockets only.' })
  }
  const open = (sink: FrameSink): SocketSession => {
    metrics.sessions.inc({ transport: 'websocket' })
    return counted(ingest.openSocket(recordingId, sink), () =>
      metrics.sessions.dec({ transport: 'websocket' }),
    )
  }
  return await upgrade(c, open)
}

/** The session, and a word when its connection is gone. */
function counted(session: SocketSession, onClosed: () => void): SocketSession {
  return {
    onMessage: (bytes) => session.onMessage(bytes),
    onPong: () => session.onPong(),
    onDrain: () => session.onDrain(),
    onClose: () => {
      onClosed()
      session.onClose()
    },
  }
}

async function postFrames({ ingest, metrics }: IngestRouteDeps, c: Context): Promise<Response> {
  const recordingId = recordingIdOf(c)
  // A beacon cannot choose: text/plain is the one type that needs no preflight.
  const isBeacon = c.req.header('content-type')?.startsWith('text/plain') ?? false
  const transport = isBeacon ? 'beacon' : 'http'
  metrics.sessions.inc({ transport })
  try {
    const request = { recordingId, token: bearerOf(c), body: bodyOf(c), transport } as const
    return answer(c, await ingest.postFrames(request))
  } finally {
    metrics.sessions.dec({ transport })
  }
}

async function putChunk({ ingest }: IngestRouteDeps, c: Context): Promise<Response> {
  const request = {
    recordingId: recordingIdOf(c),
    token: bearerOf(c),
    take: c.req.param('take') ?? '',
    seq: c.req.param('seq') ?? '',
    contentType: c.req.header('content-type') ?? 'application/octet-stream',
    contentDigest: c.req.header('content-digest') ?? null,
    body: bodyOf(c),
  }
  return answer(c, await ingest.putChunk(request))
}

async function postStop({ ingest, maxJsonBytes }: IngestRouteDeps, c: Context): Promise<Response> {
  const recordingId = recordingIdOf(c)
  const body = await readJsonBody(c, maxJsonBytes)
  return answer(c, await ingest.postStop({ recordingId, token: bearerOf(c), body }))
}

function answer(c: Context, { status, body, retryAfterS }: HttpAnswer): Response {
  if (retryAfterS !== undefined) c.header('Retry-After', String(retryAfterS))
  if (status === 401) c.header('WWW-Authenticate', 'Bearer')
  // The body of a refused request may not have been read to its end: no other request can follow it.
  if (status >= 400 && status < 500) c.header('Connection', 'close')
  return c.json(body, status as ContentfulStatusCode)
}
