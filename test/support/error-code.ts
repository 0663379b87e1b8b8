// How an expected failure is compared in tests: by its code, never by its text.
import { HoldfastError } from '@holdfast/protocol'

/** The code of the HoldfastError that the promise ends with. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error) => (error instanceof HoldfastError ? error.code : String(error)),
  )
