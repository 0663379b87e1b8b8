// The calls of what is done with a saved recording. Knows addresses and shapes, holds no state.
import type { Mark, Trim } from '@holdfast/protocol'
import { call, pathOf, RefusedError } from '../library/recordings-client.ts'
import { afterWords } from '../strings/after-words.ts'
import { sayError } from '../strings/say-error.ts'

export type Edit = { title?: string | null; marks?: readonly Mark[]; trim?: Trim | null }

/** @throws RefusedError */
export const editRecording = (id: string, edit: Edit) => call<Edit>(pathOf(id), 'PATCH', edit)

export type PageLink = {
  /** A path, or an address where the server knows its own. */
  readonly url: string
  readonly expiresAt: string
}

/** A link for people. @throws RefusedError */
export const makeLink = (id: string, hours: number) =>
  call<PageLink>(`${pathOf(id)}/links`, 'POST', { hours })

/** Why it did not work, for a sentence that goes on with it. */
export const reasonOf = (error: unknown): string =>
  error instanceof RefusedError ? sayError(error) : afterWords.noAnswer
