// Writes an object: a segment that is whole from the first moment anybody may refer to it. Syncs on the way, so that one
// large file does not hold up everybody's fdatasync at its end. Never makes a folder: what was purged stays so.
import { HoldfastError } from '@holdfast/protocol'
import { type AppendFile, errorCode } from './disk.ts'
import { segmentPath } from './recording-folder.ts'
import { type Durability, writeAll } from './segment-writer.ts'

/** Written in one call. */
const BATCH_BYTES = 1024 * 1024
/** Bounds what one sync has to write, and with it how long others wait for theirs. */
const SYNC_EVERY_BYTES = 16 * 1024 * 1024

export type ObjectSeams = Durability & {
  /** Runs a write or sync in its turn among the flushes of the recorders. */
  flush<T>(work: () => Promise<T>): Promise<T>
  /** Before each write. @throws when nothing more may be written */
  check(): Promise<void>
  /** Removes what was begun. Never throws: what it cannot remove is found later. */
  discard(path: string): Promise<void>
}

type Place = { root: string; recordingId: string; key: string }

/** Resolves with its size when it is durable; when it rejects the file is gone again. */
export async function writeObjectFile(
  place: Place,
  frames: AsyncIterable<Uint8Array>,
  seams: ObjectSeams,
): Promise<number> {
  const path = segmentPath(place.root, place.recordingId, place.key)
  await seams.check()
  const file = await orDeleted(() => seams.disk.create(path))
  try {
    const bytes = await fill(file, frames, seams)
    await seams.flush(() => file.sync())
    await orDeleted(() => seams.folders.sync(place.recordingId))
    await seams.flush(() => seams.proof.give())
    return bytes
  } catch (error) {
    // A failed sync says nothing about what is on the disk: the file is never used, nor written again (R8).
    await seams.discard(path)
    throw error
  } finally {
    await file.close()
  }
}

/** Without its folder a recording has been purged meanwhile. */
async function orDeleted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new HoldfastError(errorCode(cause) === 'ENOENT' ? 'recording_deleted' : 'store_failed', {
      cause,
    })
  }
}

async function fill(
  file: AppendFile,
  frames: AsyncIterable<Uint8Array>,
  seams: ObjectSeams,
): Promise<number> {
  let batch: Uint8Array[] = []
  let [batchBytes, unsynced, total] = [0, 0, 0]
  const write = async () => {
    await seams.check()
    await seams.flush(() => writeAll(file, batch))
    total += batchBytes
    unsynced += batchBytes
    batch = []
    batchBytes = 0
    if (unsynced < SYNC_EVERY_BYTES) return
    await seams.flush(() => file.datasync())
    unsynced = 0
  }
  for await (const frame of frames) {
    batch.push(frame)
    batchBytes += frame.length
    if (batchBytes >= BATCH_BYTES) await write()
  }
  await write()
  return total
}
