// One segment file while it grows. Only its one appender may use it, one call at a time. After any failure
// it must be abandoned: nothing here retries, truncates or reopens (R8, R10).
import type { AppendFile, Disk } from './disk.ts'
import type { DurableFolders } from './durable-folders.ts'
import { segmentPath } from './recording-folder.ts'
import type { SyncProof } from './sync-proof.ts'

/** Linux takes 1,024 buffers in one call (IOV_MAX). */
const MAX_PARTS = 1024

/** Writes all of `parts`, however few bytes each call takes (R3). */
export async function writeAll(file: AppendFile, parts: readonly Uint8Array[]): Promise<void> {
  // writev refuses nothing but counts empty buffers against its limit.
  let rest = parts.filter((part) => part.length > 0)
  while (rest.length > 0) {
    const written = await file.writev(rest.slice(0, MAX_PARTS))
    if (written <= 0) throw new Error('The disk takes no more bytes and names no error.')
    rest = dropBytes(rest, written)
  }
}

function dropBytes(parts: Uint8Array[], count: number): Uint8Array[] {
  let left = count
  let index = 0
  for (const part of parts) {
    if (part.length > left) break
    left -= part.length
    index += 1
  }
  const rest = parts.slice(index)
  const first = rest[0]
  if (first && left > 0) rest[0] = first.subarray(left)
  return rest
}

type Place = { root: string; recordingId: string; key: string }

export type Durability = { disk: Disk; folders: DurableFolders; proof: SyncProof }

export class SegmentWriter {
  readonly key: string
  readonly #recordingId: string
  readonly #file: AppendFile
  readonly #folders: DurableFolders
  readonly #proof: SyncProof
  #size = 0

  private constructor(place: Place, file: AppendFile, { folders, proof }: Durability) {
    this.key = place.key
    this.#recordingId = place.recordingId
    this.#file = file
    this.#folders = folders
    this.#proof = proof
  }

  static async create(place: Place, durability: Durability): Promise<SegmentWriter> {
    await durability.folders.make(place.recordingId)
    const path = segmentPath(place.root, place.recordingId, place.key)
    return new SegmentWriter(place, await durability.disk.create(path), durability)
  }

  /** Resolves with the offset of the first part, when all parts are durable. */
  async append(parts: readonly Uint8Array[]): Promise<number> {
    const offset = this.#size
    await writeAll(this.#file, parts)
    if (offset === 0) {
      await this.#file.sync()
      await this.#folders.sync(this.#recordingId)
    } else {
      await this.#file.datasync()
    }
    await this.#proof.give()
    this.#size = offset + parts.reduce((sum, part) => sum + part.length, 0)
    return offset
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
