// GET /api/recordings/{id}/media and /media.mp4: who may have which file. Players ask range by range, so this path reads as
// little as it can.
import type { Db } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Access } from '../access/access.ts'
import { checkInput } from '../http/json-body.ts'
import { credentialsOf } from '../http/request-context.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { knownRecording } from '../recordings/known-recording.ts'
import type { MediaFiles, Shape } from './media-files.ts'

export type MediaDeps = {
  readonly db: Db
  readonly access: Access
  readonly media: MediaFiles
  readonly log: Log
  readonly metrics: Metrics
}

export function mediaRoutes(deps: MediaDeps): Hono {
  return new Hono()
    .get('/recordings/:id/media', (c) => serveMedia(deps, c, 'recorded'))
    .get('/recordings/:id/media.mp4', (c) => serveMedia(deps, c, 'mp4'))
    .get('/recordings/:id/thumbnail.jpg', (c) => notBuilt(deps, c))
}

const number = (max: number) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}$/, 'must be a number'),
      v.transform(Number),
      v.maxValue(max, `must be at most ${max}`),
    ),
  )

const MediaQuery = v.object({
  version: number(2 ** 31 - 1),
  generation: number(Number.MAX_SAFE_INTEGER),
  take: number(0xffff),
  pauses: v.optional(v.picklist(['closed', 'kept'], 'must be closed or kept')),
  download: v.optional(v.string()),
})

async function serveMedia(deps: MediaDeps, c: Context, shape: Shape): Promise<Response> {
  const { db, access, media, log, metrics } = deps
  const row = await knownRecording(db, c.req.param('id'))
  access.viewer(credentialsOf(c), row)
  const query = checkInput(MediaQuery, c.req.query())
  const header = (name: string) => c.req.header(name) ?? null
  const response = await media.answer({
    recordingId: row.id,
    shape,
    version: query.version ?? null,
    generation: query.generation ?? null,
    take: query.take ?? null,
    pauses: query.pauses ?? 'closed',
    isDownload: query.download === '1',
    isHead: c.req.method === 'HEAD',
    range: header('range'),
    ifRange: header('if-range'),
    ifMatch: header('if-match'),
    ifNoneMatch: header('if-none-match'),
    onFault: (error) => log.error({ recordingId: row.id, error }, 'stored media could not be read'),
  })
  if (c.req.method === 'GET') metrics.mediaBytes.inc(Number(response.headers.get('content-length')))
  // A link may be embedded anywhere: it is its own permission.
  response.headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
  return response
}

async function notBuilt({ db, access }: MediaDeps, c: Context): Promise<Response> {
  access.viewer(credentialsOf(c), await knownRecording(db, c.req.param('id')))
  const message = 'This part is not built yet. Use /media.'
  throw new HoldfastError('not_available', { message })
}
