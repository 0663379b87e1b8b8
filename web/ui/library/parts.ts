// The parts of a recording, in the order in which they play. Takes that the server could not join are files of their own:
// nothing may call one of them the whole.
import type { RecordingInfo, TakeInfo } from './recordings-client.ts'

export type Part = {
  /** As people count: 1, 2, … A take that never stored anything is not counted. */
  readonly number: number
  readonly take: number
  readonly startedAt: string
  readonly bytes: number
  readonly mediaUrl: string
  /** Of the file's name. */
  readonly ending: string
}

/**
 * Empty where all takes are one file. null as long as only the list spoke of this recording: it may have any number.
 */
export function partsOf({
  takes,
  played = [],
}: Pick<RecordingInfo, 'takes' | 'played'>): readonly Part[] | null {
  if (!takes) return null
  const stored = takes.flatMap((one) =>
    one.bytes > 0 && one.mediaUrl ? [{ ...one, mediaUrl: one.mediaUrl }] : [],
  )
  if (stored.every(({ take }) => played.some((one) => one.take === take))) return []
  return stored.map(({ take, mimeType, startedAt, bytes, mediaUrl }, at) => ({
    ...{ number: at + 1, take, startedAt, bytes, mediaUrl },
    ending: endingOf(mimeType),
  }))
}

/** What the list says is enough to know that there is one file, and never that there are several: a take may be empty. */
export const isPartsUnknown = ({ takes, takeCount = 2, bytes }: RecordingInfo): boolean =>
  !takes && takeCount > 1 && bytes > 0

/** It is known that the file behind `mediaUrl` is all there is. */
export const isOneFile = (info: RecordingInfo): boolean =>
  !isPartsUnknown(info) && (partsOf(info)?.length ?? 1) < 2

/** It is known that it is not. */
export const hasSeveralParts = (info: RecordingInfo): boolean => (partsOf(info)?.length ?? 0) > 1

/** Of the file's name: what a recorder that said this wrote. */
export function endingOf(mimeType: TakeInfo['mimeType']): string {
  if (mimeType.startsWith('audio/mp4')) return 'm4a'
  if (mimeType.includes('mp4')) return 'mp4'
  return mimeType.includes('matroska') ? 'mkv' : 'webm'
}
