// The call for a group of recordings. Knows the address and the shape, holds no state.
import { call, type RecordingInfo } from '../library/recordings-client.ts'

/** Recordings that were made together; `offsetMs` = how long after the first one each begins, null = nothing there yet. */
export type GroupInfo = {
  readonly group: string
  readonly recordings: readonly (RecordingInfo & { readonly offsetMs: number | null })[]
}

export const readGroup = (group: string) =>
  call<GroupInfo>(`/api/groups/${encodeURIComponent(group)}`)
