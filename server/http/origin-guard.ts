// Keeps websites from reaching into this server through their visitors' browsers (protocol §3): DNS
// rebinding (Host), simple POSTs and sockets (Origin), embedding (Sec-Fetch-Site). Above all on loopback,
// where no key stands in the way. Requests that no browser made pass: keys and tokens judge those.
import { networkInterfaces } from 'node:os'
import { HoldfastError } from '@holdfast/protocol'
import type { MiddlewareHandler } from 'hono'
import { type Config, isLoopback } from '../config.ts'

export type GuardedRequest = {
  method: string
  /** Path without the query. */
  path: string
  host: string | undefined
  origin: string | undefined
  fetchSite: string | undefined
  fetchMode: string | undefined
  /** `?access=` is there; whether it holds is decided later. */
  hasAccess: boolean
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '::1']

export class OriginGuard {
  readonly #names: Set<string>
  readonly #origins: Set<string>

  constructor(config: Pick<Config, 'host' | 'origins'>) {
    const configured = config.origins.map((origin) => nameOf(new URL(origin).host))
    const own = [...LOOPBACK_NAMES, config.host.toLowerCase(), ...addressesOf(config.host)]
    this.#names = new Set([...own, ...configured])
    this.#origins = new Set(config.origins)
  }

  /** @throws HoldfastError `host_refused`, `origin_refused` */
  check(request: GuardedRequest): void {
    const { origin } = request
    const host = this.checkHost(request.host)
    if (origin !== undefined && !this.isAllowed(origin, host)) {
      throw new HoldfastError('origin_refused')
    }
    if (request.fetchSite === 'cross-site' && !isMeantForOthers(request)) {
      throw new HoldfastError('origin_refused', { message: 'Other websites may not call this.' })
    }
  }

  /** @throws HoldfastError `host_refused` when it is none of the server's own names */
  checkHost(host: string | undefined): string {
    if (host !== undefined && this.#names.has(nameOf(host))) return host
    throw new HoldfastError('host_refused')
  }

  /** The server's own origin (behind a proxy, with TLS, too) or a configured one. */
  isAllowed(origin: string, host: string): boolean {
    const isOwn = origin === `http://${host}` || origin === `https://${host}`
    return isOwn || this.#origins.has(origin)
  }

  /** Whether it is another website that was let in: it needs CORS headers. */
  isForeign(origin: string): boolean {
    return this.#origins.has(origin)
  }
}

/** An allowed Origin was named (checked before), a signed link, or a person who followed a link to the page. */
function isMeantForOthers(request: GuardedRequest): boolean {
  if (request.origin !== undefined) return true
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  if (request.path.startsWith('/api/')) return request.hasAccess && takesLinks(request.path)
  return request.fetchMode === 'navigate' && request.path !== '/metrics'
}

/** What a signed link is for: one recording and what lies below it, and its events. Each of them checks it. */
function takesLinks(path: string): boolean {
  return /^\/api\/(recordings\/[^/]+(\/.+)?|events)$/.test(path)
}

/** The host name of a Host header: lower case, without port and brackets. */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
}

/** Listening on every address means being called by each of them. An address cannot be rebound like a name. */
function addressesOf(host: string): string[] {
  if (isLoopback(host) || !['0.0.0.0', '::', ''].includes(host)) return []
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address))
}

export function guardOrigin(guard: OriginGuard): MiddlewareHandler {
  return async (c, next) => {
    guard.check({
      method: c.req.method,
      path: c.req.path,
      host: c.req.header('host'),
      origin: c.req.header('origin'),
      fetchSite: c.req.header('sec-fetch-site'),
      fetchMode: c.req.header('sec-fetch-mode'),
      hasAccess: c.req.query('access') !== undefined,
    })
    await next()
  }
}
