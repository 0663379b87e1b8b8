// Makes recording folders whose directory entries survive a power cut (R4). Never takes another process's word
// that an entry is durable: whoever makes a directory may die before it is synced.
import { dirname, join } from 'node:path'
import { type Disk, errorCode } from './disk.ts'
import { folderPath, shardOf, shardPath } from './recording-folder.ts'

export class DurableFolders {
  readonly #root: string
  readonly #disk: Disk
  /** Shards whose entry in the root this process has synced; at most 256. */
  readonly #syncedShards = new Set<string>()

  constructor(root: string, disk: Disk) {
    this.#root = root
    this.#disk = disk
  }

  /**
   * Makes the root and what is missing above it, then syncs every directory on the way: whoever made the data
   * folder (the launcher, an operator) did not.
   */
  async openRoot(): Promise<void> {
    await this.#makeAll(this.#root)
    for (let path = this.#root; path !== dirname(path); path = dirname(path)) {
      await this.#syncWhereAllowed(dirname(path))
    }
  }

  async #makeAll(path: string): Promise<void> {
    try {
      await this.#disk.makeDirectory(path)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error
      await this.#makeAll(dirname(path))
      await this.#disk.makeDirectory(path)
    }
  }

  /** Above the data folder there may be directories that the server cannot read, and so never made. */
  async #syncWhereAllowed(path: string): Promise<void> {
    try {
      await this.#disk.syncDirectory(path)
    } catch (error) {
      const code = errorCode(error)
      if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error
    }
  }

  /** The folder exists afterwards; it is not durable before `sync`. */
  async make(recordingId: string): Promise<string> {
    const folder = folderPath(this.#root, recordingId)
    try {
      await this.#disk.makeDirectory(folder)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      await this.#disk.makeDirectory(shardPath(this.#root, recordingId))
      await this.#disk.makeDirectory(folder)
    }
    return folder
  }

  /** Every entry from the root down to the files of the folder is durable afterwards. */
  async sync(recordingId: string): Promise<void> {
    const shard = shardOf(recordingId)
    const path = join(this.#root, shard)
    await this.#disk.syncDirectory(join(path, recordingId))
    await this.#disk.syncDirectory(path)
    if (this.#syncedShards.has(shard)) return
    await this.#disk.syncDirectory(this.#root)
    this.#syncedShards.add(shard)
  }
}
