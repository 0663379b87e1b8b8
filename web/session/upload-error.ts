// Owns the sentences for failures that begin on this device, and the error of an upload that arrived in part;
// those of the wire are in the contract's table.
import type { BufferLoss, LocalErrorCode, UploadError } from './recording.ts'

const LOCAL_MESSAGES: Record<LocalErrorCode, string> = {
  buffer_full: 'The disk is full: what is not sent yet waits in memory. Keep this page open.',
  buffer_slow: 'The disk is slow: what it has not taken yet waits in memory. Keep this page open.',
  buffer_unavailable: 'This browser stores nothing here: what is not sent yet waits in memory.',
  recorder_failed: 'The recorder failed. What it had is kept.',
  sender_missing: 'What sends is not loaded yet. All is kept on this device, and sent once it is.',
  chunk_lost: 'A part that was stored on this device is gone.',
  chunk_unreadable: 'A part that is stored on this device cannot be read now.',
}

/** @param retry true when it goes on by itself */
export function localError(code: LocalErrorCode, retry: boolean): UploadError {
  return { code, retry, message: LOCAL_MESSAGES[code] }
}

/** Thrown by `safe` when all that can be sent and the stop are acknowledged, but so many parts are not. */
export class PartialError extends Error {
  readonly code: UploadError['code']
  readonly parts: number

  constructor({ code, message }: UploadError, parts: number) {
    super(message)
    this.name = 'PartialError'
    this.code = code
    this.parts = parts
  }
}

/** Why the buffer did not take something. */
export function bufferTrouble(error: unknown): BufferLoss {
  const name = error instanceof DOMException ? error.name : ''
  return TROUBLES[name] ?? 'buffer_unavailable'
}

/** By the name of the error, the browser's or `atMost`'s. */
const TROUBLES: Readonly<Record<string, BufferLoss>> = {
  QuotaExceededError: 'buffer_full',
  TimeoutError: 'buffer_slow',
}
