// GET /api/recordings/{id}/media: who may have which file. Players ask range by range, so this path reads as
// little as it can.
import type { Db } from '@holdfast/db'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Access } from '../access/access.ts'
import { checkInput } from '../http/json-body.ts'
import { credentialsOf } from '../http/request-context.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { knownRecording } from '../recordings/known-recording.ts'
import type { FileRequest, MediaFiles, Shape } from './media-files.ts'

export type MediaDeps = {
  readonly db: Db
  readonly access: Access
  readonly media: MediaFiles
  readonly log: Log
  readonly metrics: Metrics
}

export function mediaRoutes(deps: MediaDeps): Hono {
  return new Hono().get('/recordings/:id/media', (c) => serveMedia(deps, c, 'recorded'))
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

/** @throws HoldfastError `export_needed` for shape `mp4`, where it would have to be converted */
export async function serveMedia(deps: MediaDeps, c: Context, shape: Shape): Promise<Response> {
  const { db, access, media, metrics } = deps
  const row = await knownRecording(db, c.req.param('id'))
  access.viewer(credentialsOf(c), row)
  const response = await media.answer(fileRequest(deps, c, { recordingId: row.id, shape }))
  return sent(response, c, metrics)
}

/** What a player asks for. @throws HoldfastError `bad_request` */
export function fileRequest(
  { log }: Pick<MediaDeps, 'log'>,
  c: Context,
  { recordingId, shape }: Pick<FileRequest, 'recordingId' | 'shape'>,
): FileRequest {
  const query = checkInput(MediaQuery, c.req.query())
  const header = (name: string) => c.req.header(name) ?? null
  return {
    ...{ recordingId, shape },
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
    onFault: (error) => log.error({ recordingId, error }, 'stored media could not be read'),
  }
}

/** Counts it, and lets it be embedded anywhere: a link is its own permission. */
export function sent(response: Response, c: Context, metrics: Metrics): Response {
  if (c.req.method === 'GET') metrics.mediaBytes.inc(Number(response.headers.get('content-length')))
  response.headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
  return response
}
