// One recording as its page needs it, and the calls for that. With `access` everything is asked as the holder of a link.
import type { SeqRange } from '@holdfast/protocol'
import { call, type RecordingInfo, type TakeInfo } from '../library/recordings-client.ts'

export type DetailTake = TakeInfo & {
  readonly chunks: number
  /** Chunks that are expected. */
  readonly total: number
  readonly missing: readonly SeqRange[]
  /** There are more holes than are listed. */
  readonly more?: boolean
}

export type Detail = RecordingInfo & {
  readonly takes: readonly DetailTake[]
  readonly chunks: number
  readonly complete: boolean
  /** Something came that the newest version does not hold yet. */
  readonly pending: boolean
  /** For the admin only. */
  readonly lastError?: string | null
}

export type Seen = { readonly id: string; readonly access: string | null }

/** An address of this recording, with the right that the page has. */
export function addressIn({ id, access }: Seen, name = ''): string {
  const path = `/api/recordings/${encodeURIComponent(id)}${name && `/${name}`}`
  return access === null ? path : `${path}?access=${encodeURIComponent(access)}`
}

/** @throws RefusedError, TypeError without an answer */
export const readDetail = (seen: Seen): Promise<Detail> => call(addressIn(seen))
