// Headers that every answer carries, and the CORS headers for origins that were let in.
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { OriginGuard } from './origin-guard.ts'

/**
 * The sha256 of no text at all. The player's controls write positions into a <style> that comes empty; one with anything in it
 * is refused.
 */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"

/** @param addresses where pages may be connected to besides */
const contentSecurityPolicy = (addresses: readonly string[]): string =>
  [
    "default-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    ["connect-src 'self' ws: wss:", ...addresses].join(' '),
    `style-src 'self' ${EMPTY_STYLE}`,
    "script-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')

const HEADERS: Record<string, string> = {
  'X-Content-Type-Options': 'nosniff',
  // Not `no-referrer`: it turns the Origin of a beacon into `null`, which is refused.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(self), microphone=(self), display-capture=(self), geolocation=()',
}

/** An answer that has set one of them keeps its own: media may be embedded elsewhere. */
export function securityHeaders(addresses: () => readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    await next()
    const policy = { 'Content-Security-Policy': contentSecurityPolicy(addresses()) }
    for (const [name, value] of Object.entries({ ...policy, ...HEADERS })) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value)
    }
  }
}

const PREFLIGHT_S = 600

/** Lets the pages of configured origins read the answers. No cookies are ever involved. */
export function allowOrigins(guard: OriginGuard): MiddlewareHandler {
  return cors({
    origin: (origin) => (guard.isForeign(origin) ? origin : null),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'Content-Digest',
      'If-Match',
      'If-None-Match',
      'If-Range',
      'Last-Event-ID',
      'Range',
    ],
    exposeHeaders: [
      'Accept-Ranges',
      'Content-Disposition',
      'Content-Length',
      'Content-Range',
      'ETag',
      'Retry-After',
    ],
    maxAge: PREFLIGHT_S,
  })
}
