// The JSON bodies of frames and events (protocol §2 and §4), checked on reading.
// Unknown fields are ignored; a bad one is `bad_frame` with the path of what is wrong.
import * as v from 'valibot'
import { HoldfastError } from './errors.ts'
import { fromBase64, isToken, readRecordingId } from './ids.ts'
import type { JobKind, JobStatus } from './jobs.ts'
import { LIMITS, type WireLimits } from './limits.ts'
import type { Reason, RecordingStatus } from './recording-state.ts'
import type { SeqRange } from './seq-ranges.ts'

const u16 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff))
/** A total counts chunks 0 … 2^32 − 1. */
const total = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0x1_0000_0000))
/** Base64 text, read as the bytes it stands for. */
export const base64Bytes = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const bytes = fromBase64(dataset.value)
    if (bytes) return bytes
    addIssue({ message: 'must be base64' })
    return NEVER
  }),
)

/**
 * Seconds may be absent (Java prints none when they are 0), the zone may not. Normalised, because a database
 * refuses what JavaScript reads (31 February, year 0).
 */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/
const isoTime = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const time = ISO_TIME.test(dataset.value) ? new Date(dataset.value) : null
    if (time && time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999)
      return time.toISOString()
    addIssue({ message: 'must be an ISO 8601 time with its zone' })
    return NEVER
  }),
)

/** Goes into a column, a response header and a log line: printable ASCII only. */
const mimeType = v.pipe(v.string(), v.maxLength(200), v.regex(/^[ -~]*$/, 'must be a media type'))

/** A recording's id in any spelling, read as the one that is used inside. */
export const recordingId = v.pipe(
  v.custom<string>((id) => readRecordingId(id) !== null, 'must be a UUID'),
  v.toLowerCase(),
)

const Hello = v.object({
  v: v.number(),
  recording: recordingId,
  token: v.optional(v.custom<string>(isToken, 'must be a recording token')),
})

const Take = v.object({
  mimeType,
  startedAt: isoTime,
  init: v.optional(v.nullable(base64Bytes), null),
})

const Finish = v.object({
  takes: v.pipe(v.array(v.object({ take: u16, chunks: total })), v.maxLength(LIMITS.maxTakes)),
  reason: v.optional(v.picklist(['user', 'pagehide', 'error']), 'user'),
})

/** The first frame. `token` may be absent where the Authorization header carries it. */
export type Hello = v.InferOutput<typeof Hello>
/** One run of a recorder: `init` is the container header, null when it is inside chunk 0. */
export type Take = v.InferOutput<typeof Take>
/** The stop: how many chunks each take has, as far as the client knows. */
export type Finish = v.InferOutput<typeof Finish>

/** Per take number: inclusive ranges. `more` when the list was cut at its limit. */
export type TakeRanges = { [take: string]: readonly SeqRange[] }

export type Welcome = {
  status: RecordingStatus
  version: number
  have: TakeRanges
  /** Present and true when `have` was cut at its limit; what it omits may still be stored. */
  more?: true
  limits: WireLimits
  pingMs: number
  graceMs: number
}

export type Gap = {
  take: number
  fromSeq: number
  toSeq: number
  fromMs: number | null
  toMs: number | null
}

export type HoldfastEvent =
  | { type: 'status'; id: string; status: RecordingStatus; version: number; reason: Reason | null }
  | { type: 'missing'; id: string; missing: TakeRanges; more?: true }
  | {
      type: 'ready'
      id: string
      version: number
      status: 'ready' | 'incomplete'
      durationMs: number | null
      bytes: number
      gaps: readonly Gap[]
      mediaUrl: string
    }
  | {
      type: 'failed'
      id: string
      code: string
      message: string
      attempt: number
      retryAt: string | null
    }
  | { type: 'deleted'; id: string }
  /** Its recorder came back after so long a silence. For those who look on: recorders are not told. */
  | { type: 'returned'; id: string; awayMs: number }
  /** How the making of something stands; `code` of the table of errors where it failed. */
  | {
      type: 'job'
      id: string
      job: JobKind
      version: number
      status: JobStatus
      progress: number
      code?: string
    }

const MAX_MESSAGE_CHARS = 200
function check<T extends v.GenericSchema>(schema: T, body: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, body)
  if (result.success) return result.output
  const [issue] = result.issues
  const path = v.getDotPath(issue) ?? 'payload'
  // valibot quotes what it was given, which may be a megabyte.
  const message = `${path}: ${issue.message}`.slice(0, MAX_MESSAGE_CHARS)
  throw new HoldfastError('bad_frame', { message })
}

/** @throws HoldfastError `bad_frame`, or `version_unsupported` for another `v` */
export function readHello(body: unknown): Hello {
  const version = (body as { v?: unknown } | null)?.v
  if (typeof version === 'number' && version !== 1) throw new HoldfastError('version_unsupported')
  return check(Hello, body)
}

/** @throws HoldfastError `bad_frame` */
export function readTake(body: unknown): Take {
  return check(Take, body)
}

/** @throws HoldfastError `bad_frame` */
export function readFinish(body: unknown): Finish {
  return check(Finish, body)
}
