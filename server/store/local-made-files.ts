// Files that jobs make from a recording, in the recording's own folder: `made-<job>-<epoch>.<ending>`. Each attempt works in
// a folder of its own, `making-<job>-<epoch>`; what it made, or finished of it, is synced and moved out of there.
import { constants } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'
import { errorCode, nodeDisk } from './disk.ts'
import { DiskReserve } from './disk-reserve.ts'
import {
  type Attempt,
  checkMadeName,
  jobOf,
  type KeptFile,
  type MadeFiles,
  madeName,
  partName,
} from './made-files.ts'
import { folderPath } from './recording-folder.ts'

const PIECE_BYTES = 256 * 1024

export class LocalMadeFiles implements MadeFiles {
  readonly #root: string
  readonly #reserve: DiskReserve

  /** @param root the folder of all recordings */
  constructor(root: string) {
    this.#root = root
    this.#reserve = new DiskReserve({ path: root, disk: nodeDisk, now: () => performance.now() })
  }

  isDiskLow(): Promise<boolean> {
    return this.#reserve.isLow()
  }

  async begin(attempt: Attempt, except: readonly string[] = []): Promise<string> {
    await this.forget(attempt, except)
    const folder = this.#making(attempt)
    try {
      await mkdir(folder, { mode: 0o700 })
    } catch (error) {
      if (errorCode(error) === 'ENOENT') throw new HoldfastError('recording_deleted')
      throw new HoldfastError('store_failed', { cause: error })
    }
    return folder
  }

  async keep(attempt: Attempt, file: string): Promise<KeptFile> {
    const kept = await this.#keepAs(madeName(attempt, file), attempt, file)
    await this.end(attempt)
    return kept
  }

  keepPart(attempt: Attempt, file: string): Promise<KeptFile> {
    return this.#keepAs(partName(attempt, file), attempt, file)
  }

  async #keepAs(name: string, attempt: Attempt, file: string): Promise<KeptFile> {
    const folder = folderPath(this.#root, attempt.recordingId)
    const aside = join(this.#making(attempt), file)
    const handle = await open(aside, constants.O_RDONLY)
    let bytes: number
    try {
      await handle.sync()
      bytes = (await handle.stat()).size
    } finally {
      await handle.close()
    }
    await nodeDisk.rename(aside, join(folder, name))
    await nodeDisk.syncDirectory(folder)
    return { name, bytes }
  }

  async end(attempt: Attempt): Promise<void> {
    await rm(this.#making(attempt), { recursive: true, force: true })
  }

  async forget(job: Omit<Attempt, 'epoch'>, except: readonly string[] = []): Promise<void> {
    const folder = folderPath(this.#root, job.recordingId)
    const left = (await namesIn(folder)).filter((name) => jobOf(name) === job.id)
    for (const name of left.filter((one) => !except.includes(one))) {
      await rm(join(folder, name), { recursive: true, force: true })
    }
  }

  async drop(recordingId: string, name: string): Promise<void> {
    await rm(this.#path(recordingId, name), { force: true })
  }

  async size(recordingId: string, name: string): Promise<number | null> {
    try {
      return (await stat(this.#path(recordingId, name))).size
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null
      throw new HoldfastError('store_failed', { cause: error })
    }
  }

  async *stream(
    recordingId: string,
    name: string,
    { from, to }: { from: number; to: number },
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const handle = await open(this.#path(recordingId, name), constants.O_RDONLY)
    try {
      for (let at = from; at < to; ) {
        const piece = new Uint8Array(Math.min(PIECE_BYTES, to - at))
        const { bytesRead } = await handle.read(piece, 0, piece.length, at)
        if (bytesRead === 0) throw new HoldfastError('bytes_damaged')
        at += bytesRead
        yield piece.subarray(0, bytesRead)
      }
    } finally {
      await handle.close()
    }
  }

  #path(recordingId: string, name: string): string {
    return join(folderPath(this.#root, recordingId), checkMadeName(name))
  }

  #making({ recordingId, id, epoch }: Attempt): string {
    return join(folderPath(this.#root, recordingId), `making-${id}-${epoch}`)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw new HoldfastError('store_failed', { cause: error })
  }
}
