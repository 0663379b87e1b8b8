// Owns the defaults of `record` and the refusal of what the server would refuse later, when it is too late.
import { HoldfastError, isRecordingId, isToken, LIMITS, newToken } from '@holdfast/protocol'
import { uuidv7 } from 'uuidv7'
import type { RecordingRow } from '../buffer/rows.ts'
import type { RecorderOptions } from '../capture/take-recorder.ts'
import type { RecordOptions } from './recording.ts'

const bad = (message: string): HoldfastError => new HoldfastError('bad_request', { message })

/** The row of a new recording. @throws HoldfastError `bad_request` */
export function newRow(options: RecordOptions): RecordingRow {
  const { id = uuidv7(), token = newToken(), title = null, metadata = null, auth } = options
  if (!isRecordingId(id)) throw bad('id must be a lower-case UUID.')
  if (!isToken(token)) throw bad('token must be base64url with at least 128 random bits.')
  if ((title?.length ?? 0) > LIMITS.maxTitleChars) throw bad('title is too long.')
  if (JSON.stringify(metadata).length > LIMITS.maxMetadataBytes) throw bad('metadata is too large.')
  return {
    id,
    token,
    title,
    metadata,
    server: new URL(options.server ?? location.origin).origin,
    bearer: typeof auth === 'string' ? auth : null,
    createdAt: new Date().toISOString(),
    created: false,
    ended: null,
  }
}

export function recorderOptions(options: RecordOptions): RecorderOptions {
  const { mimeType, videoBitsPerSecond, audioBitsPerSecond } = options
  const { timesliceMs = 1_000, keyframeIntervalMs = 1_000 } = options
  return { mimeType, videoBitsPerSecond, audioBitsPerSecond, timesliceMs, keyframeIntervalMs }
}
