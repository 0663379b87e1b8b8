// What operators and tools ask: liveness, readiness, metrics, capabilities, the API's description.
import {
  countJobsPending,
  countPending,
  countPurgesPending,
  type Db,
  readFinalizeLag,
  readRunningInstances,
  type Timing,
} from '@holdfast/db'
import type { WireLimits } from '@holdfast/protocol'
import { type Context, Hono } from 'hono'
import type { Access } from '../access/access.ts'
import type { Config } from '../config.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Health } from '../observe/health.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { WebTransport } from '../webtransport/webtransport.ts'
import { docsPage, docsStyle } from './docs-page.ts'
import { openApi } from './openapi.ts'
import { credentialsOf } from './request-context.ts'

export type OpsDeps = {
  readonly config: Pick<Config, 'graceMs'>
  readonly db: Db
  readonly timing: Timing
  readonly access: Access
  readonly health: Health
  readonly jobs: Pick<Jobs, 'ffmpeg'>
  readonly limits: WireLimits
  readonly metrics: Metrics
  /** null = switched off. */
  readonly webTransport: Pick<WebTransport, 'offer' | 'addresses'> | null
  readonly version: string
}

export function opsRoutes(deps: OpsDeps): Hono {
  const description = openApi(deps.version)
  const page = docsPage(description)
  return new Hono()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/readyz', (c) => readyz(deps, c))
    .get('/metrics', (c) => scrape(deps, c))
    .get('/api/capabilities', (c) => c.json(capabilities(deps, c)))
    .get('/openapi.json', (c) => c.json(description))
    .get('/docs', (c) => c.html(page))
    .get('/docs.css', (c) => c.body(docsStyle, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
}

function capabilities({ config, limits, jobs, webTransport }: OpsDeps, c: Context) {
  const { graceMs } = config
  const ffmpeg = jobs.ffmpeg === 'ok'
  // The guard has let nobody in without a Host.
  const webtransport = webTransport?.offer(c.req.header('host') ?? '') ?? null
  return { transports: ['websocket', 'http'], webtransport, limits, graceMs, ffmpeg }
}

async function readyz({ health }: OpsDeps, c: Context): Promise<Response> {
  const readiness = await health.check()
  c.header('Cache-Control', 'no-store')
  return c.json(readiness, readiness.ready ? 200 : 503)
}

async function scrape(deps: OpsDeps, c: Context): Promise<Response> {
  const { access, db, timing, metrics } = deps
  access.requireAdmin(credentialsOf(c))
  try {
    metrics.finalizePending.set(await countPending(db))
    metrics.finalizeLag.set(await readFinalizeLag(db, timing))
    metrics.cleanupPending.set(await countPurgesPending(db))
    metrics.jobsPending.set(await countJobsPending(db))
    await countInstances(deps)
  } catch {
    // While the database is away the numbers of the process matter most: scrape them all the same.
  }
  const { registry } = metrics
  return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType })
}

async function countInstances({ db, metrics }: OpsDeps): Promise<void> {
  const running = await readRunningInstances(db)
  metrics.instances.reset()
  for (const { version } of running) metrics.instances.inc({ version: version ?? 'unknown' })
}
