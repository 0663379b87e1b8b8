// Which failures mean that the database is away, and not that a statement was wrong.

type AwayCode = 'CONNECTION_CLOSED' | 'CONNECTION_ENDED' | 'ETIMEDOUT'

const DRIVER_CODES = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
])
/** Connection exceptions, shutdown and recovery, no resources, cancelled by a time-out. */
const SQLSTATE = /^(08\w{3}|57P0\d|53\w{3}|57014|25006)$/

/** True when the same statement may succeed once the database is back. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, cause, syscall } = (error ?? {}) as Partial<
    Record<'code' | 'cause' | 'syscall', unknown>
  >
  // The socket of the embedded database is not there yet, or not any more.
  if (code === 'ENOENT' && syscall === 'connect') return true
  if (typeof code === 'string' && (DRIVER_CODES.has(code) || SQLSTATE.test(code))) return true
  return cause !== undefined && cause !== error && isDatabaseAway(cause)
}

/** A failure of ours that means the same. */
export function awayError(code: AwayCode, message: string): Error {
  return Object.assign(new Error(message), { code })
}
