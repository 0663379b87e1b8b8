// What this process knows of a recording while somebody sends to it: shared by all its sessions, so that a
// chunk that arrives twice at once is stored once. A cache: the ledger alone decides.
import type { OpenedRecording } from '@holdfast/db'
import { LIMITS, type TakeRanges } from '@holdfast/protocol'
import type { ChunkVerdict } from './chunk-intake.ts'
import { IndexTails } from './index-tails.ts'

type KnownTake = { mimeType: string; init: Uint8Array | null; maxSeq: number }

export class LiveRecording {
  readonly id: string
  readonly takes = new Map<number, KnownTake>()
  /** Chunks between arrival and verdict, by `take/seq`. */
  readonly inFlight = new Map<string, Promise<ChunkVerdict>>()
  readonly tails = new IndexTails()
  /** Chunks stored through this process, to notice that one came meanwhile. */
  storedCount = 0
  /** Sessions and requests that use it. */
  users = 0
  /** The ledger took a chunk no more since somebody was admitted last. */
  #isFull = false
  #row: OpenedRecording

  constructor(row: OpenedRecording) {
    this.id = row.id
    this.#row = row
  }

  /** As the ledger had it when somebody was admitted last. */
  get row(): OpenedRecording {
    return this.#row
  }

  /** Takes over a newer row: another session or instance may have stored and finalized since. */
  refresh(row: OpenedRecording): void {
    this.#row = row
    this.#isFull = false
    for (const { take, mimeType, init, maxSeq } of row.takes) {
      const known = this.takes.get(take)
      // Another head makes another index of what follows.
      if (known && init && !known.init) this.tails.forget(take)
      this.takes.set(take, {
        mimeType,
        init: init ?? known?.init ?? null,
        maxSeq: Math.max(known?.maxSeq ?? -1, maxSeq),
      })
    }
  }

  /** False only when no row of this number can exist, as far as this process has seen. */
  mayHold(take: number, seq: number): boolean {
    return seq <= (this.takes.get(take)?.maxSeq ?? -1)
  }

  /** True only when the ledger would refuse a new chunk of this size: a recording never shrinks. */
  isFullFor(bytes: number, maxBytes: number): boolean {
    const { row } = this
    return this.#isFull || row.bytes + bytes > maxBytes || row.chunkCount >= LIMITS.maxChunks
  }

  /** Stored chunks were found damaged: nothing may be indexed behind them any more. */
  noteMissing(missing: TakeRanges): void {
    for (const take of Object.keys(missing)) this.tails.forget(Number(take))
  }

  noteFull(): void {
    this.#isFull = true
  }

  noteStored(take: number, seq: number): void {
    this.storedCount += 1
    const known = this.takes.get(take)
    if (known && seq > known.maxSeq) known.maxSeq = seq
  }
}
