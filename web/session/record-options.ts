// Owns the defaults of `record` and the refusal of what the server would refuse later, when it is too late.
import {
  type CodedError,
  isRecordingId,
  isToken,
  LIMITS,
  newToken,
  toHex,
} from '@holdfast/protocol'
import type { RecordingRow } from '../buffer/rows.ts'
import type { RecorderOptions } from '../capture/take-recorder.ts'
import type { RecordOptions } from './recording.ts'
import { refusal } from './refusal.ts'

const bad = (message: string): CodedError => refusal('bad_request', message)

/** The row of a new recording. @throws HoldfastError `bad_request` */
export function newRow(options: RecordOptions): RecordingRow {
  const { id = newId(), token = newToken(), title = null, group = null } = options
  const { metadata = null, auth } = options
  if (!isRecordingId(id)) throw bad('id must be a lower-case UUID.')
  if (!isToken(token)) throw bad('token must be base64url with at least 128 random bits.')
  checkTitle(title)
  if ((group?.length ?? 0) > LIMITS.maxGroupChars) throw bad('group is too long.')
  if (JSON.stringify(metadata).length > LIMITS.maxMetadataBytes) throw bad('metadata is too large.')
  return {
    id,
    token,
    title,
    group,
    metadata,
    server: new URL(options.server ?? location.origin).origin,
    bearer: typeof auth === 'string' ? auth : null,
    createdAt: new Date().toISOString(),
    created: false,
    ended: null,
  }
}

/** @throws HoldfastError `bad_request` */
export function checkTitle(title: string | null): void {
  if ((title?.length ?? 0) > LIMITS.maxTitleChars) throw bad('title is too long.')
}

/** A UUIDv7 (RFC 9562): 48 bits of time, so that ids sort by age; then random. */
function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const random = crypto.getRandomValues(new Uint8Array(10))
  random[2] = 0x80 | ((random[2] ?? 0) & 0x3f)
  const hex = toHex(random)
  const groups = [time.slice(0, 8), time.slice(8), `7${hex.slice(1, 4)}`, hex.slice(4, 8)]
  return [...groups, hex.slice(8)].join('-')
}

export function recorderOptions(options: RecordOptions): RecorderOptions {
  const { mimeType, videoBitsPerSecond, audioBitsPerSecond } = options
  const { timesliceMs = 1_000, keyframeIntervalMs = 1_000 } = options
  return { mimeType, videoBitsPerSecond, audioBitsPerSecond, timesliceMs, keyframeIntervalMs }
}
