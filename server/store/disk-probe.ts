// While the disk is failing and nobody writes, only a try can tell that it works again: a server taken out of
// rotation would else stay failing for ever.
import { rm } from 'node:fs/promises'
import type { Disk } from './disk.ts'
import type { DiskHealth } from './disk-health.ts'
import { writeAll } from './segment-writer.ts'

const PROBE_EVERY_MS = 1000
const PROBE_BYTES = 4096

export class DiskProbe {
  readonly #disk: Disk
  readonly #health: DiskHealth
  readonly #now: () => number
  #triedAt = Number.NEGATIVE_INFINITY

  constructor(disk: Disk, health: DiskHealth, now: () => number) {
    this.#disk = disk
    this.#health = health
    this.#now = now
  }

  /** Tries at most once a second; what comes of it is in the health. Never throws. */
  async run(path: string): Promise<void> {
    if (this.#now() - this.#triedAt < PROBE_EVERY_MS) return
    this.#triedAt = this.#now()
    try {
      await this.#health.watch(() => this.#write(path))
      await rm(path, { force: true })
    } catch (error) {
      this.#health.note(error)
    }
  }

  async #write(path: string): Promise<void> {
    const file = await this.#disk.create(path)
    try {
      await writeAll(file, [new Uint8Array(PROBE_BYTES)])
      await file.sync()
    } finally {
      await file.close()
    }
  }
}
