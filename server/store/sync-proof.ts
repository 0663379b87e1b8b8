// Behind syncs that said "done": the proof that they were. In the moment in which ext4 turns read-only after an error its
// journal is closed already, and until the file system says so, syncs, and calls such as utimes, answer with a success
// that they have not had. What has to begin a transaction of the journal, and tells when it cannot, is a rename.
import { type Disk, errorCode } from './disk.ts'

export class SyncProof {
  readonly #disk: Disk
  /** An empty file is called the one or the other. */
  #names: readonly [now: string, next: string]
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | null = null

  /** @param names two paths on the file system that is to prove itself; nobody else's */
  constructor(disk: Disk, names: readonly [string, string]) {
    this.#disk = disk
    this.#names = names
  }

  /**
   * Rejects when the file system had given up before this call: then no sync before it is to be believed. One rename
   * serves all who ask while another one runs, which may have begun before their syncs ended.
   */
  give(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        this.#running = this.#rename()
        return this.#running
      })
    return this.#next
  }

  /** Nothing is left of it. */
  async end(): Promise<void> {
    await this.#running.catch(() => undefined)
    await this.#disk.remove(this.#names[0])
  }

  async #rename(): Promise<void> {
    const [now, next] = this.#names
    try {
      await this.#disk.rename(now, next)
      this.#names = [next, now]
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      // The first time, or somebody tidied up. A new name needs the journal just as well.
      const file = await this.#disk.create(now)
      await file.close()
    }
  }
}
