// Owns the rows of the table of failures that a recorder needs before anything is sent.
import type { ErrorRow } from './coded-error.ts'

export const RECORDER_ERRORS = {
  bad_request: {
    status: 400,
    retry: false,
    message: 'The request is malformed. Compare it with /docs.',
  },
  recording_exists: {
    status: 409,
    retry: false,
    message: 'The id is taken, with another token. Use a new id.',
  },
  unavailable: {
    status: 503,
    retry: true,
    message: 'The database or the store is not available. Try again soon.',
    close: 4503,
  },
} as const satisfies Record<string, ErrorRow>
