// Listing, marking and removing what lies in a bucket under a recording's name. Never writes media.
import { HoldfastError, isRecordingId } from '@holdfast/protocol'
import type { SegmentInfo } from '../chunk-store.ts'
import { markText } from '../quarantine-mark.ts'
import {
  folderPath,
  isConflictKey,
  isObjectKey,
  isSegmentKey,
  isShard,
  QUARANTINE_SUFFIX,
  segmentPath,
  shardOf,
} from '../recording-folder.ts'
import type { S3Client } from './s3-client.ts'
import { deleteAll, deleteObject, listFolders, listObjects } from './s3-list.ts'
import { putAnyway } from './s3-put.ts'
import { readFailure } from './s3-reader.ts'

export class S3Recordings {
  readonly #client: S3Client
  readonly #prefix: string

  /** @param prefix in front of every key: empty, or with a slash at its end */
  constructor(client: S3Client, prefix: string) {
    this.#client = client
    this.#prefix = prefix
  }

  /** @throws HoldfastError `store_failed` for what a store cannot have made */
  keyOf(recordingId: string, segment: string): string {
    return segmentPath(this.#prefix, recordingId, segment)
  }

  folderOf(recordingId: string): string {
    return `${folderPath(this.#prefix, recordingId)}/`
  }

  async *ids(): AsyncGenerator<string, void, undefined> {
    try {
      for await (const shard of this.#namesIn(this.#prefix)) {
        if (!isShard(shard)) continue
        for await (const id of this.#namesIn(`${this.#prefix}${shard}/`)) {
          if (isRecordingId(id) && shardOf(id) === shard) yield id
        }
      }
    } catch (cause) {
      throw readFailure(cause)
    }
  }

  async list(recordingId: string): Promise<SegmentInfo[]> {
    const folder = this.folderOf(recordingId)
    const found = new Map<string, number>()
    try {
      for await (const { key, bytes } of listObjects(this.#client, folder)) {
        found.set(key.slice(folder.length), bytes)
      }
    } catch (cause) {
      throw readFailure(cause)
    }
    const segments = [...found].filter(([name]) => isSegmentKey(name))
    return segments.map(([segment, bytes]) => ({
      segment,
      bytes,
      isConflict: isConflictKey(segment),
      isObject: isObjectKey(segment),
      isQuarantined: found.has(segment + QUARANTINE_SUFFIX),
    }))
  }

  /** Whether anything else than this object lies there. Throws what the store refuses. */
  async hasOthers(recordingId: string, object: string): Promise<boolean> {
    const key = this.keyOf(recordingId, object)
    for await (const found of listObjects(this.#client, this.folderOf(recordingId), 2)) {
      if (found.key !== key) return true
    }
    return false
  }

  async mark(recordingId: string, segment: string, reason: string): Promise<void> {
    const key = this.keyOf(recordingId, segment) + QUARANTINE_SUFFIX
    await orFail(() => putAnyway(this.#client, key, markText(reason)))
  }

  /** The mark goes last: as long as the object is there its mark is true. */
  async remove(recordingId: string, segment: string): Promise<void> {
    const key = this.keyOf(recordingId, segment)
    await orFail(async () => {
      await deleteObject(this.#client, key)
      await deleteObject(this.#client, key + QUARANTINE_SUFFIX)
    })
  }

  /** Objects, marks, made files, and what was uploaded of objects that never came to be. */
  async purge(recordingId: string): Promise<{ bytes: number }> {
    const folder = this.folderOf(recordingId)
    return await orFail(() => deleteAll(this.#client, folder))
  }

  async *#namesIn(folder: string): AsyncGenerator<string, void, undefined> {
    for await (const path of listFolders(this.#client, folder)) yield path.slice(folder.length, -1)
  }
}

/** @throws HoldfastError `store_failed` */
async function orFail<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new HoldfastError('store_failed', { cause })
  }
}
