// Owns the way of a file into the buffer: from there it is sent like a recording, by this page, by the next one, or by the
// service worker. It runs in a page and in a service worker.
import { LIMITS } from '@holdfast/protocol'
import type { HeldFile } from '../buffer/held-files.ts'
import type { FilePart, RecordingRow, TakeRow } from '../buffer/rows.ts'
import { askToPersist } from '../buffer/storage-room.ts'
import { putFile } from '../buffer/stored-file.ts'
import { checkMedia, FileError, type FileTrouble, type MediaCheck } from './media-check.ts'
import { newRow } from './record-options.ts'
import type { RecordOptions } from './recording.ts'

export type AddOptions = Pick<
  RecordOptions,
  'server' | 'id' | 'token' | 'title' | 'group' | 'metadata' | 'auth'
>

/** @throws FileError for what is no media, is cut off, cannot be read, or has no room here */
export async function prepareFile(file: Blob, options: AddOptions = {}): Promise<HeldFile> {
  const check = await checkMedia(file)
  void askToPersist()
  const { quota, usage = 0 } = (await navigator.storage?.estimate()) ?? {}
  if (quota !== undefined && quota - usage < file.size) throw new FileError('no_room')
  const name = file instanceof File ? file.name : ''
  const title = options.title ?? titleOf(name)
  const fresh = newRow({ ...options, ...(title && { title }) })
  const added = { name, type: file.type, bytes: file.size }
  const row: RecordingRow = { ...fresh, file: added, ended: 'user' }
  const parts = cutFile(file.size)
  return { row, take: takeOf(row, check, parts), file, parts }
}

/** Resolves when a copy of it is on this device's disk. @throws FileError */
export async function storeFile({ row, take, file, parts }: HeldFile): Promise<void> {
  await storing(putFile(row, take, file, parts))
}

/** @throws FileError that says why the browser does not store it */
export async function storing(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : ''
    throw new FileError(TROUBLE_OF[name] ?? 'not_stored', { cause })
  }
}

/** By the name of the browser's error. */
const TROUBLE_OF: Readonly<Record<string, FileTrouble>> = {
  QuotaExceededError: 'no_room',
  DataError: 'unreadable',
  NotFoundError: 'unreadable',
  NotReadableError: 'unreadable',
}

function takeOf(row: RecordingRow, check: MediaCheck, parts: readonly FilePart[]): TakeRow {
  return {
    ...{ take: 0, wire: 0, mimeType: check.mimeType, startedAt: row.createdAt, init: null },
    chunks: parts.length,
    bytes: parts.at(-1)?.to ?? 0,
    endMs: check.durationMs ?? 0,
  }
}

function cutFile(size: number): FilePart[] {
  const step = LIMITS.splitChunkBytes
  return Array.from({ length: Math.ceil(size / step) }, (_, at) => ({
    from: at * step,
    to: Math.min(size, (at + 1) * step),
  }))
}

const titleOf = (name: string): string =>
  name.replace(/\.\w{1,5}$/, '').slice(0, LIMITS.maxTitleChars)
