// The one table of failures: code → HTTP status, WebSocket close code, retry, and the next step.
// Nothing else may invent a code; clients decide by `retry`, never by text.

import { CodedError, type ErrorOptions, type ErrorRow } from './coded-error.ts'
import { RECORDER_ERRORS } from './recorder-errors.ts'

const row = (status: number, retry: boolean, message: string, close?: number): ErrorRow =>
  close === undefined ? { status, retry, message } : { status, retry, message, close }

export const ERRORS = {
  // The wire
  bad_frame: row(400, false, 'The frame is malformed. Send frames as the protocol says.', 4400),
  version_unsupported: row(400, false, 'This protocol version is not spoken here. Use v 1.', 4400),
  frame_too_large: row(413, false, 'The frame is longer than allowed. Split it.', 4400),
  window_exceeded: row(409, true, 'Too much is unacknowledged. Wait for acks, then go on.', 4409),
  chunk_too_large: row(413, false, 'The chunk is larger than limits.maxChunkBytes. Split it.'),
  body_too_large: row(
    413,
    false,
    'The body is larger than limits.maxBodyBytes. Send less at once.',
  ),
  digest_mismatch: row(422, true, 'The sha256 does not match the bytes. Send the chunk again.'),
  take_unknown: row(409, true, 'This take was not announced. Send TAKE first, then the chunk.'),
  take_conflict: row(409, false, 'The take exists with another header. Use the next take number.'),
  chunk_conflict: row(
    409,
    false,
    'Another chunk is stored under this number. Both copies are kept.',
  ),
  not_stored: row(404, true, 'This chunk is not stored. Send it.'),
  recording_full: row(413, false, 'The recording has reached its limit. Start a new recording.'),
  unavailable: RECORDER_ERRORS.unavailable,
  shutting_down: row(503, true, 'This server is shutting down. Reconnect.', 4503),
  too_slow: row(408, true, 'The request took too long. Connect again.', 4503),
  // Recordings
  recording_unknown: row(404, false, 'There is no such recording. Create it first.', 4404),
  recording_exists: RECORDER_ERRORS.recording_exists,
  recording_deleted: row(410, false, 'The recording was deleted. Nothing more is accepted.', 4410),
  restore_expired: row(410, false, 'The time to undo the deletion is over.'),
  no_media: row(404, true, 'Nothing playable is stored yet. Try again when chunks have arrived.'),
  version_unknown: row(404, false, 'There is no such version of this recording.'),
  export_needed: row(
    409,
    false,
    'This cannot be an MP4 without converting it. Use /media, which plays as it was recorded.',
  ),
  range_unsatisfiable: row(416, false, 'The range lies outside the file. See Content-Range.'),
  finalize_failed: row(500, true, 'The recording could not be finalized. It will be tried again.'),
  // What is made from a recording
  ffmpeg_missing: row(
    501,
    false,
    'This server has no ffmpeg, or none that can do this. Install it, or set HOLDFAST_FFMPEG.',
  ),
  job_failed: row(
    500,
    false,
    'This could not be made from the recording. Start it again with POST.',
  ),
  job_limit: row(
    500,
    false,
    'This took more time, memory or disk than a job may. Raise its limit.',
  ),
  job_cancelled: row(409, false, 'This was cancelled. Start it again with POST.'),
  not_made: row(404, false, 'The recording has nothing that this could be made from.'),
  // What is told to the outside
  webhook_refused: row(400, false, 'This webhook address is not allowed. Use a public https one.'),
  webhook_failed: row(503, true, 'The webhook did not take the message. It will be sent again.'),
  webhook_gone: row(502, false, 'The webhook answered 410: it wants nothing more. Replay by hand.'),
  mail_failed: row(503, true, 'The mail server did not take the message. It will be sent again.'),
  mail_refused: row(502, false, 'The mail server refuses this message or address for good.'),
  mail_missing: row(501, false, 'No mail server is set. Set SMTP_URL, then replay.'),
  // Who may
  token_invalid: row(401, false, 'The token does not open this recording.', 4401),
  unauthorized: row(401, false, 'Credentials are missing or wrong. Send Authorization: Bearer.'),
  forbidden: row(403, false, 'These credentials do not allow this.'),
  link_expired: row(403, false, 'The link has expired or was changed. Ask for a new one.'),
  host_refused: row(403, false, 'The Host header is not one of this server’s names.'),
  origin_refused: row(403, false, 'This origin is not allowed. Add it to HOLDFAST_ORIGINS.'),
  // HTTP
  bad_request: RECORDER_ERRORS.bad_request,
  not_found: row(404, false, 'There is nothing at this address.'),
  method_not_allowed: row(405, false, 'This method is not allowed here.'),
  disk_full: row(507, true, 'The disk reserve is reached. Free space, or wait.'),
  internal: row(500, true, 'Something unforeseen failed. The log has the details.'),
  // Start-up and operation
  config_invalid: row(500, false, 'A setting is unknown or has a bad value.'),
  not_available: row(501, false, 'This part cannot run here. Remove the setting.'),
  database_locked: row(500, false, 'Another process uses this data folder. Stop it first.'),
  database_missing: row(
    500,
    false,
    'The database program was not found. Install it, or set DATABASE_URL.',
  ),
  database_failed: row(500, true, 'The database did not start. Its log says why.'),
  database_unsafe: row(
    500,
    false,
    'The database may lose acked rows. Turn fsync and synchronous_commit on.',
  ),
  store_unknown: row(500, false, 'This is not the store of this database. Mount the right one.'),
  store_unreachable: row(500, true, 'The S3 store does not answer. Check endpoint and network.'),
  store_refused: row(500, false, 'The S3 store refused. Check bucket, region, keys and rights.'),
  store_unsafe: row(500, false, 'The S3 store would not keep what it is given. Use another one.'),
  store_failed: row(
    500,
    true,
    'The store could not be read or written. Check disk and permissions.',
  ),
  bytes_damaged: row(
    500,
    true,
    'Stored bytes do not match their sha256. Ask again: the newest version does without them.',
  ),
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS

/** The one error class: thrown for every expected failure that is not a return value. */
export class HoldfastError extends CodedError {
  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    super(code, ERRORS[code], options)
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value)
}

/** Shape of `error` in HTTP answers and of the NACK and ERROR payloads. */
export type ErrorBody = { code: ErrorCode; message: string; retry: boolean }

export function errorBody(error: HoldfastError): ErrorBody {
  return { code: error.code, message: error.message, retry: error.retry }
}

/** The WebSocket close code for a failure. Where the table names none, `retry` decides: 4503 or 4400. */
export function closeCode(code: ErrorCode): number {
  const entry: ErrorRow = ERRORS[code]
  return entry.close ?? (entry.retry ? 4503 : 4400)
}
