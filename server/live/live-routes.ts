// GET /api/recordings/{id}/live: a recording that goes on, as one endless answer. Whoever may see the media may follow.
import type { Db } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Access } from '../access/access.ts'
import { checkInput } from '../http/json-body.ts'
import { credentialsOf } from '../http/request-context.ts'
import { byteStream } from '../media-file/byte-stream.ts'
import type { ChunkStreams } from '../media-file/media-body.ts'
import { liveTypeOf } from '../media-file/media-type.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { knownRecording } from '../recordings/known-recording.ts'
import type { ChunkStore } from '../store/chunk-store.ts'
import { liveBytes } from './live-bytes.ts'
import { findBeginning, type LiveBeginning } from './live-source.ts'

export type LiveDeps = {
  readonly db: Db
  readonly store: ChunkStore
  readonly chunks: ChunkStreams
  readonly access: Access
  readonly log: Log
  readonly metrics: Metrics
  /** Aborted when the server stops: viewers come back to another instance. */
  readonly stopping: AbortSignal
}

/** Each waiting viewer asks the database a few times a second; the recorders come first. */
const MAX_VIEWERS = 200

const LiveQuery = v.object({ from: v.optional(v.picklist(['edge', 'start']), 'edge') })

export function liveRoutes(deps: LiveDeps): Hono {
  const viewers = { count: 0 }
  return new Hono().get('/recordings/:id/live', (c) => follow(deps, viewers, c))
}

async function follow(deps: LiveDeps, viewers: { count: number }, c: Context): Promise<Response> {
  const row = await knownRecording(deps.db, c.req.param('id'))
  deps.access.viewer(credentialsOf(c), row)
  if (row.deletedAt) throw new HoldfastError('recording_deleted')
  const { from } = checkInput(LiveQuery, c.req.query())
  if (viewers.count >= MAX_VIEWERS) {
    throw new HoldfastError('unavailable', { message: 'Too many viewers follow live. Use /media.' })
  }
  const beginning = await findBeginning(deps, row.id, from)
  if (!beginning) throw new HoldfastError('no_media')
  const headers = headersOf(beginning)
  if (c.req.method === 'HEAD') return new Response(null, { headers })
  return new Response(openStream(deps, viewers, { recordingId: row.id, beginning }), { headers })
}

function headersOf({ mimeType, take }: LiveBeginning): Headers {
  return new Headers({
    'Content-Type': liveTypeOf(mimeType),
    'Holdfast-Take': String(take),
    'Cache-Control': 'no-store',
    // Proxies that buffer would keep the newest second until there are many of them.
    'X-Accel-Buffering': 'no',
    'Content-Security-Policy': "default-src 'none'; media-src 'self'",
    'Cross-Origin-Resource-Policy': 'cross-origin',
  })
}

function openStream(
  deps: LiveDeps,
  viewers: { count: number },
  followed: { recordingId: string; beginning: LiveBeginning },
): ReadableStream<Uint8Array> {
  const { log, metrics, stopping } = deps
  const { recordingId } = followed
  const gone = new AbortController()
  viewers.count += 1
  metrics.liveViewers.inc()
  return byteStream(liveBytes(deps, followed, AbortSignal.any([stopping, gone.signal])), {
    onFault: (error) => log.error({ recordingId, error }, 'a live stream broke off'),
    onGone: () => gone.abort(),
    onEnd: () => {
      viewers.count -= 1
      metrics.liveViewers.dec()
    },
  })
}
