// Reading, listing and removing what lies in a recording's folder. Never writes.
import { constants } from 'node:fs'
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError, isRecordingId } from '@holdfast/protocol'
import type { SegmentInfo, StoredAt } from './chunk-store.ts'
import { type Disk, errorCode } from './disk.ts'
import {
  folderPath,
  isConflictKey,
  isObjectKey,
  isSegmentKey,
  isShard,
  QUARANTINE_SUFFIX,
  segmentPath,
  shardOf,
  shardPath,
} from './recording-folder.ts'

/** Memory that one HTTP body holds at a time. */
const PIECE_BYTES = 256 * 1024

const isMissing = (error: unknown): boolean => errorCode(error) === 'ENOENT'

function readFailure(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  return new HoldfastError(isMissing(error) ? 'bytes_damaged' : 'store_failed', { cause: error })
}

async function fill(handle: FileHandle, target: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, target.length - done, position + done)
    if (bytesRead === 0) {
      throw new HoldfastError('bytes_damaged', { message: 'The segment ends before these bytes.' })
    }
    done += bytesRead
  }
}

export class SegmentFiles {
  readonly #root: string
  readonly #disk: Disk

  constructor(root: string, disk: Disk) {
    this.#root = root
    this.#disk = disk
  }

  async read(recordingId: string, at: StoredAt, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const target = new Uint8Array(bytes)
    const handle = await this.#open(recordingId, at)
    try {
      await fill(handle, target, at.offset)
      return target
    } catch (error) {
      throw readFailure(error)
    } finally {
      await handle.close()
    }
  }

  async *stream(
    recordingId: string,
    at: StoredAt,
    bytes: number,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const handle = await this.#open(recordingId, at)
    try {
      for (let done = 0; done < bytes; done += PIECE_BYTES) {
        const piece = new Uint8Array(Math.min(PIECE_BYTES, bytes - done))
        await fill(handle, piece, at.offset + done)
        yield piece
      }
    } catch (error) {
      throw readFailure(error)
    } finally {
      await handle.close()
    }
  }

  async #open(recordingId: string, at: StoredAt): Promise<FileHandle> {
    try {
      return await open(segmentPath(this.#root, recordingId, at.segment), constants.O_RDONLY)
    } catch (error) {
      throw readFailure(error)
    }
  }

  async *recordings(): AsyncGenerator<string, void, undefined> {
    for (const shard of await this.#names(this.#root)) {
      if (!isShard(shard)) continue
      for (const name of await this.#names(join(this.#root, shard))) {
        if (isRecordingId(name) && shardOf(name) === shard) yield name
      }
    }
  }

  async list(recordingId: string): Promise<SegmentInfo[]> {
    const folder = folderPath(this.#root, recordingId)
    const names = await this.#names(folder)
    const known = new Set(names)
    return Promise.all(
      names.filter(isSegmentKey).map(async (segment) => ({
        segment,
        bytes: (await stat(join(folder, segment))).size,
        isConflict: isConflictKey(segment),
        isObject: isObjectKey(segment),
        isQuarantined: known.has(segment + QUARANTINE_SUFFIX),
      })),
    )
  }

  async #names(folder: string): Promise<string[]> {
    try {
      return (await readdir(folder)).sort()
    } catch (error) {
      if (isMissing(error)) return []
      throw readFailure(error)
    }
  }

  /** Durable when it resolves. The mark goes last: as long as the file is there its mark is true. */
  async remove(recordingId: string, segment: string): Promise<void> {
    const path = segmentPath(this.#root, recordingId, segment)
    try {
      await this.#disk.remove(path)
      await this.#disk.remove(path + QUARANTINE_SUFFIX)
      await this.#disk.syncDirectory(folderPath(this.#root, recordingId))
    } catch (error) {
      if (!isMissing(error)) throw new HoldfastError('store_failed', { cause: error })
    }
  }

  /** Removes the folder and all that is in it; durable when it resolves. */
  async purge(recordingId: string): Promise<{ bytes: number }> {
    const folder = folderPath(this.#root, recordingId)
    try {
      const names = await this.#names(folder)
      const sizes = await Promise.all(
        names.map(async (name) => (await stat(join(folder, name))).size),
      )
      await rm(folder, { recursive: true, force: true })
      await this.#syncShard(recordingId)
      return { bytes: sizes.reduce((sum, size) => sum + size, 0) }
    } catch (error) {
      throw new HoldfastError('store_failed', { cause: error })
    }
  }

  /** Also when nothing was there: an earlier purge may have died before its sync. */
  async #syncShard(recordingId: string): Promise<void> {
    try {
      await this.#disk.syncDirectory(shardPath(this.#root, recordingId))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }
}
