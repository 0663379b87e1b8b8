// POST /api/recordings/{id}/links: a link for people, who may look at this recording until it expires.
import { HoldfastError } from '@holdfast/protocol'
import type { Context } from 'hono'
import * as v from 'valibot'
import { MAX_LINK_HOURS } from '../access/signed-links.ts'
import { checkInput, readJsonBody } from '../http/json-body.ts'
import { credentialsOf } from '../http/request-context.ts'
import { knownRecording } from './known-recording.ts'
import type { RecordingDeps } from './recording-routes.ts'

const MAX_BODY_BYTES = 1024

const LinkBody = v.object({
  hours: v.pipe(
    v.number(),
    v.integer('must be whole hours'),
    v.minValue(1, 'must be at least 1'),
    v.maxValue(MAX_LINK_HOURS, `must be at most ${MAX_LINK_HOURS}`),
  ),
})

/** By the admin or who recorded. A link makes no other link: it would prolong itself. */
export async function makeLink(deps: RecordingDeps, c: Context): Promise<Response> {
  const { db, access, config, log } = deps
  const known = await knownRecording(db, c.req.param('id'))
  if (access.viewer(credentialsOf(c), known) === 'link') throw new HoldfastError('forbidden')
  if (known.deletedAt) throw new HoldfastError('recording_deleted')
  const { hours } = checkInput(LinkBody, await readJsonBody(c, MAX_BODY_BYTES))
  const { url, expiresAt } = access.links.pageLink(known.id, hours)
  // What it is, and never the link itself: who reads logs must not be let in by them.
  log.info({ recordingId: known.id, expiresAt }, 'link made')
  c.header('Cache-Control', 'no-store')
  const { publicUrl } = config.notify
  return c.json({ url: publicUrl ? new URL(url, publicUrl).href : url, expiresAt }, 201)
}
