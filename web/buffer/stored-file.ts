// Owns a file that was added whole: the browser copies it into the buffer in one transaction, so that all of it is here or
// nothing. Its chunks are places in it; their bytes are read when they are sent.
import { get, promisifyRequest } from 'idb-keyval'
import { digest } from '../capture/digest.ts'
import { strictStore } from './database.ts'
import {
  type ChunkRow,
  chunkKey,
  type FilePart,
  fileKey,
  type RecordingRow,
  recordingKey,
  type TakeRow,
  takeKey,
} from './rows.ts'

/**
 * Resolves when the copy is on the disk.
 * @throws DOMException when there is no room, or the file cannot be read any more
 */
export async function putFile(
  row: RecordingRow,
  take: TakeRow,
  file: Blob,
  parts: readonly FilePart[],
): Promise<void> {
  await strictStore('readwrite', async (store) => {
    try {
      store.put(row, recordingKey(row.id))
      store.put(take, takeKey(row.id, take.take))
      store.put(file, fileKey(row.id, take.take))
      for (const [seq, part] of parts.entries()) store.put(part, chunkKey(row.id, take.take, seq))
    } catch (error) {
      // What was put before would stay: a take whose chunks are not here, and so count as sent.
      store.transaction.abort()
      throw error
    }
    await promisifyRequest(store.transaction)
  })
}

/** The whole file, also when parts of it are acknowledged already; undefined for what was recorded here. */
export function readFile(id: string, take: number): Promise<Blob | undefined> {
  return get<Blob>(fileKey(id, take), strictStore)
}

/** @returns undefined when the file is gone. @throws DOMException when the browser does not give it out now */
export async function readPart(
  id: string,
  take: number,
  { from, to }: FilePart,
): Promise<ChunkRow | undefined> {
  const file = await readFile(id, take)
  if (!file) return undefined
  const bytes = await file.slice(from, to).arrayBuffer()
  const sha256 = await digest(new Uint8Array(bytes))
  return { bytes, sha256, aligned: false, clusterMs: null, endMs: null }
}
