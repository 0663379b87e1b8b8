// GET /api/status: how the whole stands and how it went, for the status page. For the admin.
import {
  type Db,
  readFailedRecordings,
  readOperations,
  readRunningInstances,
  readSamples,
} from '@holdfast/db'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Access } from '../access/access.ts'
import type { Config } from '../config.ts'
import { checkInput } from '../http/json-body.ts'
import { credentialsOf } from '../http/request-context.ts'
import type { Health } from '../observe/health.ts'
import type { ChunkStore } from '../store/chunk-store.ts'

export type StatusDeps = {
  readonly config: Pick<Config, 'graceMs'>
  readonly db: Db
  readonly access: Access
  readonly store: Pick<ChunkStore, 'health'>
  readonly health: Pick<Health, 'check'>
  readonly incarnation: string
  readonly version: string
}

/** Points of a curve: as many as a wide screen shows apart. */
const STEPS = 240

const StatusQuery = v.object({
  hours: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,2}$/, 'must be a number'),
      v.transform(Number),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(24, 'must be at most 24'),
    ),
    '1',
  ),
})

export function statusRoutes(deps: StatusDeps): Hono {
  return new Hono().get('/status', (c) => status(deps, c))
}

async function status(deps: StatusDeps, c: Context): Promise<Response> {
  const { config, db, access, store, health, incarnation, version } = deps
  access.requireAdmin(credentialsOf(c))
  const { hours } = checkInput(StatusQuery, c.req.query())
  const stepSeconds = (hours * 3600) / STEPS
  const [readiness, disk, recordings, instances, failed, steps] = await Promise.all([
    health.check(),
    store.health(),
    readOperations(db, config.graceMs),
    readRunningInstances(db),
    readFailedRecordings(db),
    readSamples(db, { hours, stepSeconds }),
  ])
  c.header('Cache-Control', 'no-store')
  return c.json({
    ...{ now: new Date().toISOString(), version, incarnation, readiness, disk },
    ...{ ...recordings, instances, failedRecordings: failed, stepSeconds, steps },
  })
}
