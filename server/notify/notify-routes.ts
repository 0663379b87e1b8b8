// The log of what was told to the outside, for operators: what was sent to whom, how it was answered, and once more.
import { type Db, DELIVERY_STATUSES, type ListedDelivery, readDeliveries } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Access } from '../access/access.ts'
import { checkInput } from '../http/json-body.ts'
import { credentialsOf } from '../http/request-context.ts'
import { knownRecording } from '../recordings/known-recording.ts'
import type { Notifications } from './notifications.ts'

export type NotifyDeps = {
  readonly db: Db
  readonly access: Access
  readonly notifications: Pick<Notifications, 'replay'>
  readonly webhookSecret: string
}

export function notifyRoutes(deps: NotifyDeps): Hono {
  return new Hono()
    .get('/recordings/:id/deliveries', (c) => ofRecording(deps, c))
    .get('/deliveries', (c) => page(deps, c))
    .post('/deliveries/:id/replay', (c) => replay(deps, c))
    .get('/webhook-secret', (c) => secret(deps, c))
}

const MAX_PAGE = 200
const DEFAULT_PAGE = 50

const positive = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}$/, 'must be a number'),
  v.transform(Number),
  v.minValue(1, 'must be at least 1'),
)

const DeliveriesQuery = v.object({
  status: v.exactOptional(v.picklist(DELIVERY_STATUSES, 'must be a status of deliveries')),
  before: v.exactOptional(positive),
  limit: v.optional(
    v.pipe(
      positive,
      v.transform((limit) => Math.min(limit, MAX_PAGE)),
    ),
    String(DEFAULT_PAGE),
  ),
})

async function ofRecording({ db, access }: NotifyDeps, c: Context): Promise<Response> {
  access.requireAdmin(credentialsOf(c))
  const { id } = await knownRecording(db, c.req.param('id'))
  const query = checkInput(DeliveriesQuery, c.req.query())
  return c.json(answer(await readDeliveries(db, { ...query, recordingId: id }), query.limit))
}

async function page({ db, access }: NotifyDeps, c: Context): Promise<Response> {
  access.requireAdmin(credentialsOf(c))
  const query = checkInput(DeliveriesQuery, c.req.query())
  return c.json(answer(await readDeliveries(db, query), query.limit))
}

/** `next` is the `before` of the next page. */
function answer(deliveries: readonly ListedDelivery[], limit: number) {
  const last = deliveries.length === limit ? deliveries.at(-1) : undefined
  return { deliveries, next: last?.id ?? null }
}

async function replay({ access, notifications }: NotifyDeps, c: Context): Promise<Response> {
  access.requireAdmin(credentialsOf(c))
  const number = v.safeParse(positive, c.req.param('id'))
  if (!number.success) throw new HoldfastError('not_found')
  await notifications.replay(number.output)
  return c.json({ id: number.output, status: 'waiting' }, 202)
}

function secret({ access, webhookSecret }: NotifyDeps, c: Context): Response {
  access.requireAdmin(credentialsOf(c))
  c.header('Cache-Control', 'no-store')
  return c.json({ secret: webhookSecret })
}
