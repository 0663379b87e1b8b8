// The application: which middleware every request passes, which routes there are, and how failures leave.
// Knows neither Bun nor Node; a listener says how sockets are upgraded.
import { HoldfastError } from '@holdfast/protocol'
import { Hono, type MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { type MadeDeps, madeRoutes } from '../jobs/made-routes.ts'
import { type LiveDeps, liveRoutes } from '../live/live-routes.ts'
import { type MediaDeps, mediaRoutes } from '../media-file/media-routes.ts'
import { type NotifyDeps, notifyRoutes } from '../notify/notify-routes.ts'
import type { Health } from '../observe/health.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { type ReceiptDeps, receiptRoutes } from '../receipts/receipt-routes.ts'
import { type EventDeps, eventRoutes } from '../recordings/event-routes.ts'
import { type RecordingDeps, recordingRoutes } from '../recordings/recording-routes.ts'
import { type StatusDeps, statusRoutes } from '../status/status-routes.ts'
import { answerError } from './error-answers.ts'
import { type IngestRouteDeps, ingestRoutes } from './ingest-routes.ts'
import type { UpgradeSocket } from './listener.ts'
import { type OpsDeps, opsRoutes } from './ops-routes.ts'
import { guardOrigin, type OriginGuard } from './origin-guard.ts'
import { allowOrigins, securityHeaders } from './security-headers.ts'
import { type StaticFiles, serveStatic } from './static-files.ts'

export type AppDeps = IngestRouteDeps &
  RecordingDeps &
  EventDeps &
  MediaDeps &
  LiveDeps &
  MadeDeps &
  NotifyDeps &
  ReceiptDeps &
  OpsDeps &
  StatusDeps & {
    readonly guard: OriginGuard
    readonly health: Health
    readonly log: Log
    readonly metrics: Metrics
    readonly files: StaticFiles
  }

export function createApp(deps: AppDeps, upgrade: UpgradeSocket): Hono {
  const { guard, log, metrics, health, files } = deps
  const app = new Hono()
  const headers = securityHeaders(() => deps.webTransport?.addresses ?? [])
  app.use(countRequests(metrics), headers, guardOrigin(guard), allowOrigins(guard))
  app.use('/api/*', refuseWhileStopping(health))
  app.route('/api', ingestRoutes(deps, upgrade))
  app.route('/api', recordingRoutes(deps))
  app.route('/api', eventRoutes(deps))
  app.route('/api', mediaRoutes(deps))
  app.route('/api', liveRoutes(deps))
  app.route('/api', madeRoutes(deps))
  app.route('/api', notifyRoutes(deps))
  app.route('/api', receiptRoutes(deps))
  app.route('/api', statusRoutes(deps))
  app.route('/', opsRoutes(deps))
  app.use(serveStatic(files))
  app.notFound((c) => answerError(c, nothingAt(app, c.req.path), log))
  app.onError((error, c) => answerError(c, error, log))
  return app
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const KNOWN_METHODS = new Set([...METHODS, 'HEAD', 'OPTIONS'])

/** Nothing at all, or only under another method. */
function nothingAt(app: Hono, path: string): HoldfastError {
  const allowed = METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  )
  if (allowed.length === 0) return new HoldfastError('not_found')
  const message = `This address takes ${allowed.join(', ')}.`
  return new HoldfastError('method_not_allowed', { message })
}

function countRequests(metrics: Metrics): MiddlewareHandler {
  return async (c, next) => {
    await next()
    // Labels from lists of ours, never from what was asked: a scanner must not fill the registry.
    const route = matchedRoutes(c).find((one) => one.method !== 'ALL')?.path ?? 'other'
    const method = KNOWN_METHODS.has(c.req.method) ? c.req.method : 'other'
    metrics.httpRequests.inc({ method, route, status: String(c.res.status) })
  }
}

/** Connections that are kept alive would bring new work until the very end. */
function refuseWhileStopping(health: Health): MiddlewareHandler {
  return async (c, next) => {
    if (health.isStopping) {
      c.header('Connection', 'close')
      throw new HoldfastError('shutting_down')
    }
    await next()
  }
}
