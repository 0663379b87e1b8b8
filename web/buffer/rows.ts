// Owns what lies in the buffer and under which key: [recording] · [recording, take] · [recording, take, seq] ·
// [recording, take, seq, why it was refused] · [recording, 'file', take] · [recording, 'sha256', take, seq]. Arrays sort
// element by element, so one range holds a whole recording.
import type { ErrorCode, Mark } from '@holdfast/protocol'

export type RecordingRow = {
  readonly id: string
  readonly token: string
  readonly server: string
  readonly title: string | null
  /** Absent in rows of before there were groups. */
  readonly group?: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
  /** The last bearer for POST /api/recordings, so that the service worker can create it too. */
  readonly bearer: string | null
  /** Moments that were marked, in order; absent in rows of before there were any. */
  readonly marks?: readonly Mark[]
  /** What was changed after the recording was created, and the server does not know yet. */
  readonly unsaved?: readonly ('title' | 'marks')[]
  /** ISO 8601. */
  readonly createdAt: string
  /** The server knows the recording. */
  readonly created: boolean
  /** Not recorded here, but added as a file. */
  readonly file?: AddedFile
  /** How capture ended; null while somebody records, and after a crash. */
  readonly ended: 'user' | 'pagehide' | 'error' | null
}

export type AddedFile = { readonly name: string; readonly type: string; readonly bytes: number }

export type TakeRow = {
  readonly take: number
  /** Its number on the wire; another one only after a take_conflict. */
  readonly wire: number
  readonly mimeType: string
  readonly startedAt: string
  /** The container's header, kept until the recording is ready; null = inside chunk 0; absent = not known yet. */
  readonly init?: ArrayBuffer | null
  /** Chunks captured so far, stored here or acked; written with each of them. */
  readonly chunks: number
  readonly bytes: number
  /** Media time at the end of the last chunk. */
  readonly endMs: number
}

export type ChunkRow = {
  readonly bytes: ArrayBuffer
  readonly sha256: Uint8Array<ArrayBuffer>
  readonly aligned: boolean
  readonly clusterMs: number | null
  readonly endMs: number | null
}

/** In the place of a chunk: where it lies in the file that the take is. */
export type FilePart = { readonly from: number; readonly to: number }

/** A chunk that the server will never take, or that cannot be read any more. The bytes stay if there are any. */
export type RefusedChunk = {
  readonly take: number
  readonly seq: number
  readonly code: ErrorCode | 'chunk_lost'
}

export const recordingKey = (id: string): IDBValidKey => [id]
export const takeKey = (id: string, take: number): IDBValidKey => [id, take]
export const chunkKey = (id: string, take: number, seq: number): IDBValidKey => [id, take, seq]
export const fileKey = (id: string, take: number): IDBValidKey => [id, 'file', take]
/** The chunk's sha256 once more: to know which copy lies there its bytes need not be read. */
export const digestKey = (id: string, take: number, seq: number): IDBValidKey => {
  return [id, 'sha256', take, seq]
}
export const refusalKey = (id: string, { take, seq, code }: RefusedChunk): IDBValidKey => {
  return [id, take, seq, code]
}

/** What lies beside takes and chunks: a whole file, a digest. */
export const isBesideKey = (key: readonly IDBValidKey[]): boolean => typeof key[1] === 'string'

/** Everything of one recording: an empty array sorts after every number. */
export function recordingRange(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []])
}

/** A chunk, and beside it which one it is: both or neither. */
export function writeChunk(
  store: IDBObjectStore,
  chunk: ChunkRow,
  [id, take, seq]: readonly [id: string, take: number, seq: number],
): void {
  store.put(chunk, chunkKey(id, take, seq))
  store.put(chunk.sha256, digestKey(id, take, seq))
}
