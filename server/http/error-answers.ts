// The one place where a failure becomes an HTTP answer: the table's status, the table's JSON, never a stack.
import { isDatabaseAway } from '@holdfast/db'
import { ERRORS, type ErrorCode, errorBody, HoldfastError } from '@holdfast/protocol'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Log } from '../observe/log.ts'

/** Seconds after which a client may try again where the table says that this can help. */
const RETRY_AFTER_S = '1'

/** The error of the table that stands for whatever was thrown. */
export function asHoldfastError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  if (error instanceof HTTPException) {
    return new HoldfastError(codeForStatus(error.status), { cause: error })
  }
  if (isDatabaseAway(error)) return new HoldfastError('unavailable', { cause: error })
  return new HoldfastError('internal', { cause: error })
}

function codeForStatus(status: number): ErrorCode {
  const known: Record<number, ErrorCode> = { 404: 'not_found', 413: 'body_too_large' }
  return known[status] ?? (status < 500 ? 'bad_request' : 'internal')
}

export function answerError(c: Context, error: unknown, log: Log): Response {
  const known = asHoldfastError(error)
  logFailure(log, c, known)
  // A browser keeps a 410 for ever, and a 404 for a while: what is gone may come back.
  c.header('Cache-Control', 'no-store')
  if (known.status === 401) c.header('WWW-Authenticate', 'Bearer')
  if (known.status === 503 || known.status === 507) c.header('Retry-After', RETRY_AFTER_S)
  const { sizeBytes } = known.details
  if (typeof sizeBytes === 'number') c.header('Content-Range', `bytes */${sizeBytes}`)
  return c.json({ error: errorBody(known) }, known.status as ContentfulStatusCode)
}

/** What the client did is worth a debug line; what we did not manage, a louder one. */
function logFailure(log: Log, c: Context, error: HoldfastError): void {
  const facts = { method: c.req.method, url: c.req.path, code: error.code }
  if (error.code === 'internal') log.error({ ...facts, error }, 'a request failed unforeseen')
  else if (ERRORS[error.code].status >= 500) log.warn({ ...facts, error }, 'a request failed')
  else log.debug(facts, 'a request was refused')
}
