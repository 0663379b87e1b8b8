// Whether the disk still has its reserve (R9): room for the database, for finalizing and for deleting.
import type { Disk } from './disk.ts'

const MiB = 1024 * 1024
export const RESERVE = { minBytes: 256 * MiB, share: 0.02, cacheMs: 1000 } as const

export type Space = {
  freeBytes: number
  /** What must stay free. */
  reserveBytes: number
  reserve: 'ok' | 'low'
}

export type ReserveOptions = {
  path: string
  disk: Disk
  /** Milliseconds of a clock that never goes back. */
  now: () => number
  /** @default RESERVE.minBytes */
  minBytes?: number
  /** @default RESERVE.share */
  share?: number
}

export class DiskReserve {
  readonly #options: Required<ReserveOptions>
  #known: Space | null = null
  #knownAt = 0
  #asking: Promise<Space> | null = null

  constructor(options: ReserveOptions) {
    this.#options = { minBytes: RESERVE.minBytes, share: RESERVE.share, ...options }
  }

  /** Free space as of at most a second ago. Throws what statfs throws. */
  async space(): Promise<Space> {
    const isFresh = this.#options.now() - this.#knownAt < RESERVE.cacheMs
    if (this.#known && isFresh) return this.#known
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /** Not where the disk does not tell: then the writes themselves show how it is. */
  async isLow(): Promise<boolean> {
    const space = await this.space().catch(() => null)
    return space?.reserve === 'low'
  }

  async #ask(): Promise<Space> {
    const { path, disk, now, minBytes, share } = this.#options
    const { freeBytes, totalBytes } = await disk.space(path)
    const reserveBytes = Math.max(minBytes, totalBytes * share)
    this.#known = { freeBytes, reserveBytes, reserve: freeBytes < reserveBytes ? 'low' : 'ok' }
    this.#knownAt = now()
    return this.#known
  }
}
