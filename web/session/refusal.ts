// Owns the failures that calls of an app end with before anything was sent.
import { CodedError, RECORDER_ERRORS } from '@holdfast/protocol'

export function refusal(code: keyof typeof RECORDER_ERRORS, message?: string): CodedError {
  return new CodedError(code, RECORDER_ERRORS[code], message === undefined ? {} : { message })
}
