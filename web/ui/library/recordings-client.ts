// The calls of the library to the server (protocol §3). Knows addresses and shapes, holds no state.
import type {
  Gap,
  JobKind,
  JobStatus,
  Mark,
  Reason,
  RecordingStatus,
  Trim,
} from '@holdfast/protocol'
import { type ListQuery, parametersOf } from './list-query.ts'

/** One run of a recorder: a reload or another device begins the next. */
export type TakeInfo = {
  readonly take: number
  readonly mimeType: string
  readonly startedAt: string
  readonly bytes: number
  /** This take alone. */
  readonly mediaUrl: string | null
}

/** Something that the server makes from the recording. */
export type JobInfo = {
  readonly job: JobKind
  readonly status: JobStatus
  /** Percent. */
  readonly progress: number
  /** Of the made file, once it is there. */
  readonly bytes: number | null
}

export type RecordingInfo = {
  readonly id: string
  readonly status: RecordingStatus
  readonly version: number
  readonly reason: Reason | null
  readonly title: string | null
  readonly createdAt: string
  /** null until the first take. */
  readonly startedAt: string | null
  /** Of the file behind `mediaUrl`: the first part, where there are several. While it grows, of all. */
  readonly durationMs: number | null
  readonly bytes: number
  /** Those that stored nothing too. A server before this one does not say it. */
  readonly takeCount?: number
  /** Rises with every stored chunk. */
  readonly generation: number
  /** The name that it shares with those that were recorded together with it. */
  readonly group?: string | null
  /** Only when one recording is asked for, not in the list. */
  readonly gaps?: readonly Gap[]
  /** As `gaps`. Known for the generation that the row is of, or not at all. */
  readonly takes?: readonly TakeInfo[]
  /** As `takes`: those that are in the file behind `mediaUrl`, and when each begins there. */
  readonly played?: readonly { readonly take: number; readonly startMs: number }[]
  /** As `takes`. */
  readonly marks?: readonly Mark[]
  /** As `takes`: what a player begins and ends with. null = all of it. */
  readonly trim?: Trim | null
  /** As `takes`, oldest first; `bytes` is the size of the version's file. */
  readonly versions?: readonly { readonly version: number; readonly bytes: number }[]
  readonly mediaUrl: string | null
  /** A picture of it, once the server made one. */
  readonly thumbnailUrl?: string | null
  /** As `takes`. null: there is no MP4 and none can be made. */
  readonly mp4Url?: string | null
  /** As `takes`. */
  readonly jobs?: readonly JobInfo[]
}

export type RecordingPage = {
  readonly recordings: readonly RecordingInfo[]
  /** Cursor of the next page; null at the end. */
  readonly next: string | null
}

/** The server said no. Without an answer `fetch` throws its own TypeError. */
export class RefusedError extends Error {
  readonly status: number
  /** The contract's, where the answer has one. */
  readonly code: string

  constructor(status: number, message: string, code = '') {
    super(message)
    this.name = 'RefusedError'
    this.status = status
    this.code = code
  }
}

export const pathOf = (id: string) => `/api/recordings/${encodeURIComponent(id)}`

/** @throws RefusedError */
export async function call<T>(path: string, method = 'GET', said?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: { accept: 'application/json' },
    ...(said !== undefined && { body: JSON.stringify(said) }),
  })
  const text = await response.text()
  const body = text === '' ? null : JSON.parse(text)
  if (response.ok) return body as T
  const { message = response.statusText, code } = body?.error ?? {}
  throw new RefusedError(response.status, message, code)
}

export type PageRequest = {
  readonly query: ListQuery
  /** null = from the beginning. */
  readonly after: string | null
  readonly limit: number
}

/** @throws RefusedError */
export function listRecordings({ query, after, limit }: PageRequest): Promise<RecordingPage> {
  const asked = { ...parametersOf(query), limit: String(limit), ...(after && { after }) }
  return call(`/api/recordings?${new URLSearchParams(asked)}`)
}

export const readRecording = (id: string) => call<RecordingInfo>(pathOf(id))
export const deleteRecording = (id: string) => call<unknown>(pathOf(id), 'DELETE')
export const restoreRecording = (id: string) => call<unknown>(`${pathOf(id)}/restore`, 'POST')
export const finalizeRecording = (id: string) => call<unknown>(`${pathOf(id)}/finalize`, 'POST')

const exportOf = (id: string) => `${pathOf(id)}/jobs/export`
/** Asking is enough to have it made. @throws RefusedError */
export async function askForMp4(mp4Url: string): Promise<void> {
  const response = await fetch(mp4Url, { method: 'HEAD' })
  if (!response.ok) throw new RefusedError(response.status, response.statusText)
}

export const startExport = (id: string) => call<unknown>(exportOf(id), 'POST')
export const cancelExport = (id: string) => call<unknown>(exportOf(id), 'DELETE')

/** The same signed address, as a file to keep. */
export function downloadUrl(mediaUrl: string): string {
  return `${mediaUrl}${mediaUrl.includes('?') ? '&' : '?'}download=1`
}
