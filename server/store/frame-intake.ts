// The door of a store: what waits to become durable is bounded in bytes, gathered by recording, and refused when the store
// closes or the recording is being removed.
import { type Frame, HoldfastError } from '@holdfast/protocol'
import { ByteBudget } from './byte-budget.ts'
import type { StoredAt } from './chunk-store.ts'
import { MAX_STORED_FRAME_BYTES, storedBytes } from './frame-place.ts'
import { GroupCommit } from './group-commit.ts'

const MiB = 1024 * 1024

export type FrameIntakeOptions = {
  /** Bytes that may wait over all recordings. @default 256 MiB */
  maxQueuedBytes: number | undefined
  /** Writes at once. @default 64 */
  maxFlushes: number | undefined
  /** Never called twice at once for one recording. */
  write: (recordingId: string, parts: Uint8Array[]) => Promise<StoredAt>
}

export class FrameIntake {
  readonly #budget: ByteBudget
  readonly #commits: GroupCommit
  readonly #purging = new Set<string>()
  #isClosed = false

  constructor({ maxQueuedBytes, maxFlushes, write }: FrameIntakeOptions) {
    this.#budget = new ByteBudget(maxQueuedBytes ?? 256 * MiB)
    this.#commits = new GroupCommit(maxFlushes ?? 64, write)
  }

  /** Bytes accepted and not yet durable. */
  get queuedBytes(): number {
    return this.#budget.usedBytes
  }

  /**
   * @param check waited for before the frame is taken
   * @throws HoldfastError `frame_too_large`, `unavailable`, and as `requireOpen`; what `check` throws
   */
  append(recordingId: string, frame: Frame, check?: () => Promise<void>): Promise<StoredAt> {
    const bytes = storedBytes(frame)
    if (bytes > MAX_STORED_FRAME_BYTES) throw new HoldfastError('frame_too_large')
    return this.#budget.spend(bytes, async () => {
      await check?.()
      this.requireOpen(recordingId)
      return this.#commits.append(recordingId, frame)
    })
  }

  /** Other work for a recording that holds `bytes`. Throws as `append`. */
  hold<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    return this.#budget.spend(bytes, work)
  }

  /** Runs other writes in their turn among the appends. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#commits.inTurn(work)
  }

  /** @throws HoldfastError `shutting_down`, `recording_deleted` */
  requireOpen(recordingId: string): void {
    if (this.#isClosed) throw new HoldfastError('shutting_down')
    if (this.#purging.has(recordingId)) throw new HoldfastError('recording_deleted')
  }

  /** Runs `remove` while nothing of the recording is written. */
  async purge<T>(recordingId: string, remove: () => Promise<T>): Promise<T> {
    this.#purging.add(recordingId)
    try {
      this.#commits.refuseWaiting(recordingId, new HoldfastError('recording_deleted'))
      await this.settle(recordingId)
      return await remove()
    } finally {
      this.#purging.delete(recordingId)
    }
  }

  /** Resolves when nothing of this recording waits. */
  settle(recordingId: string): Promise<void> {
    return this.#commits.settle(recordingId)
  }

  /** Refuses what comes from now on; resolves when nothing waits. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#commits.settleAll()
  }
}
