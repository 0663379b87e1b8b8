// Files that jobs make from a recording, in the recording's own folder, so that they go with it: `made-<job>-<epoch>.<ending>`.
// They can be made again, so nothing here keeps a promise but one: under its final name a file is whole and durable.
//
// Each attempt works in a folder of its own, `making-<job>-<epoch>`; what it made is synced and moved out of there.
import { constants } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'
import { errorCode, nodeDisk } from './disk.ts'
import { folderPath } from './recording-folder.ts'

/** One attempt at a job: the epoch of its lease keeps a dead worker's files apart from those of the next. */
export type Attempt = { readonly recordingId: string; readonly id: number; readonly epoch: number }

const MADE = /^made-(\d{1,15})-(\d{1,15})\.[a-z0-9]{1,8}$/
const MAKING = /^making-(\d{1,15})-(\d{1,15})$/
const PIECE_BYTES = 256 * 1024

export class MadeFiles {
  readonly #root: string

  /** @param root the folder of all recordings */
  constructor(root: string) {
    this.#root = root
  }

  /**
   * An empty folder for this attempt; what earlier ones left is removed.
   * @throws HoldfastError `recording_deleted` when the recording has no folder
   */
  async begin(attempt: Attempt): Promise<string> {
    await this.#removeOf(attempt.recordingId, attempt.id)
    const folder = this.#making(attempt)
    try {
      await mkdir(folder, { mode: 0o700 })
    } catch (error) {
      if (errorCode(error) === 'ENOENT') throw new HoldfastError('recording_deleted')
      throw new HoldfastError('store_failed', { cause: error })
    }
    return folder
  }

  /** Moves a file of the attempt's folder to its final name; durable when it resolves. */
  async keep(attempt: Attempt, file: string): Promise<{ name: string; bytes: number }> {
    const { recordingId, id, epoch } = attempt
    const folder = folderPath(this.#root, recordingId)
    const name = `made-${id}-${epoch}.${file.split('.').at(-1)}`
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
    await this.end(attempt)
    return { name, bytes }
  }

  /** Removes the attempt's folder and what is in it. */
  async end(attempt: Attempt): Promise<void> {
    await rm(this.#making(attempt), { recursive: true, force: true })
  }

  /** Removes everything that attempts at a job left, made or half made. */
  async forget({ recordingId, id }: Omit<Attempt, 'epoch'>): Promise<void> {
    await this.#removeOf(recordingId, id)
  }

  /** Bytes of a made file; null when it is not there. */
  async size(recordingId: string, name: string): Promise<number | null> {
    try {
      return (await stat(this.#path(recordingId, name))).size
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null
      throw new HoldfastError('store_failed', { cause: error })
    }
  }

  /** Bytes [from, to) in pieces of bounded size. Ending it early closes the file. */
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
    if (MADE.test(name)) return join(folderPath(this.#root, recordingId), name)
    throw new HoldfastError('store_failed', { message: 'Not a made file.' })
  }

  #making({ recordingId, id, epoch }: Attempt): string {
    return join(folderPath(this.#root, recordingId), `making-${id}-${epoch}`)
  }

  async #removeOf(recordingId: string, id: number): Promise<void> {
    const folder = folderPath(this.#root, recordingId)
    const isOurs = (name: string) => Number((MADE.exec(name) ?? MAKING.exec(name))?.[1]) === id
    for (const name of (await namesIn(folder)).filter(isOurs)) {
      await rm(join(folder, name), { recursive: true, force: true })
    }
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
