// Owns the choice of the sentence for a failure: of the wire, by the contract's table, or of this device.
import { ERRORS, type ErrorCode, isErrorCode } from '@holdfast/protocol'
import type { LocalErrorCode, UploadError } from '../session/recording.ts'
import { localError } from '../session/upload-error.ts'

/** @param retry true when it goes on by itself */
export function uploadError(code: ErrorCode | LocalErrorCode, retry: boolean): UploadError {
  return isErrorCode(code)
    ? { code, retry, message: ERRORS[code].message }
    : localError(code, retry)
}
