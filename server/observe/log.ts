// The log: one info line per thing that happens to a recording, JSON on stdout (or plain text when a person
// looks at it). Secrets never reach it: tokens, keys and signed links are cut out here, whoever logs them.
import { HoldfastError } from '@holdfast/protocol'
import { pino } from 'pino'
import { plainText } from './plain-text.ts'

/**
 * What the server's parts may say. Facts first, then the sentence: `log.info({ recordingId }, 'stopped')`.
 * warn = something failed and recovered; error = a person must act; per chunk only debug.
 */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'level'>

export type LogOptions = {
  readonly level: pino.LevelWithSilent
  /** One readable line instead of JSON. */
  readonly isPlain?: boolean
  /** @default stdout */
  readonly destination?: pino.DestinationStream
}

/** Names whose values are secrets, at the top and one level down. */
const SECRETS = [
  'token',
  'access',
  'authorization',
  'cookie',
  'permit',
  'key',
  'secret',
  'password',
]
const REDACTED = SECRETS.flatMap((name) => [name, `*.${name}`])

export function createLog({ level, isPlain = false, destination }: LogOptions): Log {
  const out = destination ?? pino.destination(1)
  const target = isPlain ? plainText((line) => out.write(line)) : out
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[secret]' },
      serializers: { err: describeError, error: describeError, url: withoutSecrets },
    },
    target,
  )
}

/** A URL or path without what opens a recording: the values of `access` and `token`. */
export function withoutSecrets(url: unknown): unknown {
  if (typeof url !== 'string') return url
  return url.replace(/([?&](?:access|token)=)[\w.~%-]*/g, '$1[secret]')
}

const MAX_CAUSES = 3
/** A failed statement carries its parameters, which may be a megabyte of header. */
const MAX_MESSAGE_CHARS = 600
const MAX_STACK_CHARS = 3000

const shortened = (text: string, max: number): unknown => withoutSecrets(text.slice(0, max))

function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const { message, stack, cause } = error
  const known = error instanceof HoldfastError
  return {
    message: shortened(message, MAX_MESSAGE_CHARS),
    code: known ? error.code : (error as NodeJS.ErrnoException).code,
    ...(known ? { details: error.details } : { stack: shortened(stack ?? '', MAX_STACK_CHARS) }),
    ...(cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: describeError(cause, depth + 1) }),
  }
}
