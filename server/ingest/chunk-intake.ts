// The way of one chunk from the wire to its ack: check, store, ledger (R1–R7). Every transport comes
// through here; what it returns is the only ground for an ack.
import { createHash, timingSafeEqual } from 'node:crypto'
import {
  type ChunkOutcome,
  countConflictCopies,
  type Db,
  findChunk,
  keepConflict,
  openRecording,
  purgeAgain,
} from '@holdfast/db'
import { encodeChunkIndex } from '@holdfast/media'
import {
  type Chunk,
  type ErrorCode,
  type Frame,
  HoldfastError,
  LIMITS,
  readChunk,
} from '@holdfast/protocol'
import type { ChunkStore } from '../store/chunk-store.ts'
import type { IndexCatchUp } from './index-catch-up.ts'
import type { TailIndex } from './index-tails.ts'
import type { LedgerBatcher } from './ledger-batcher.ts'
import type { LiveRecording } from './live-recording.ts'

export type Transport = 'websocket' | 'http' | 'beacon' | 'webtransport'

/** `stored` and `duplicate` are acked; the rest is refused with that code. */
export type ChunkVerdict = 'stored' | 'duplicate' | { refused: ErrorCode }

type IntakeOptions = {
  db: Db
  store: ChunkStore
  batcher: LedgerBatcher
  maxChunkBytes: number
  maxRecordingBytes: number
  /** Bytes of chunks between arrival and verdict, over all sessions; beyond it `unavailable`. */
  maxHeldBytes: number
  /** Told of takes whose chunks came without their predecessors. */
  catchUp: IndexCatchUp
  /** Told the cause of every refusal for which a person may have to act. */
  onFault: (recordingId: string, cause: unknown) => void
}

const REFUSALS: Record<Exclude<ChunkOutcome, 'stored' | 'duplicate'>, ErrorCode> = {
  conflict: 'chunk_conflict',
  take_unknown: 'take_unknown',
  retired: 'unavailable',
  full: 'recording_full',
  deleted: 'recording_deleted',
  unknown: 'recording_unknown',
}

export class ChunkIntake {
  readonly #options: IntakeOptions
  #heldBytes = 0

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** Bytes of chunks that wait for their verdict. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /**
   * Resolves with what became of the chunk; never rejects for a fault of the store or the database.
   * @throws HoldfastError `bad_frame` when the payload is too short
   */
  async take(live: LiveRecording, value: Frame, transport: Transport): Promise<ChunkVerdict> {
    const chunk = readChunk(value)
    const early = this.#checkBytes(chunk)
    if (early) return { refused: early }
    const key = `${chunk.take}/${chunk.seq}`
    // The same number many times at once: one goes, the others wait in turn and find it in the ledger.
    for (let before = live.inFlight.get(key); before; before = live.inFlight.get(key)) await before
    const verdict = this.#hold(chunk.bytes.length, () =>
      this.#place(live, { chunk, value, transport }),
    )
    live.inFlight.set(key, verdict)
    try {
      return await verdict
    } finally {
      if (live.inFlight.get(key) === verdict) live.inFlight.delete(key)
    }
  }

  #checkBytes(chunk: Chunk): ErrorCode | null {
    if (chunk.bytes.length > this.#options.maxChunkBytes) return 'chunk_too_large'
    if (this.#heldBytes + chunk.bytes.length > this.#options.maxHeldBytes) return 'unavailable'
    const digest = createHash('sha256').update(chunk.bytes).digest()
    return timingSafeEqual(digest, chunk.sha256) ? null : 'digest_mismatch'
  }

  async #hold(bytes: number, work: () => Promise<ChunkVerdict>): Promise<ChunkVerdict> {
    this.#heldBytes += bytes
    try {
      return await work()
    } finally {
      this.#heldBytes -= bytes
    }
  }

  async #place(live: LiveRecording, arrived: Arrived): Promise<ChunkVerdict> {
    try {
      return await this.#placeOrThrow(live, arrived)
    } catch (cause) {
      this.#options.onFault(live.id, cause)
      const isKnown = cause instanceof HoldfastError && cause.code === 'recording_deleted'
      return { refused: isKnown ? 'recording_deleted' : 'unavailable' }
    }
  }

  async #placeOrThrow(live: LiveRecording, arrived: Arrived): Promise<ChunkVerdict> {
    const { chunk } = arrived
    if (!(await this.#knowsTake(live, chunk.take))) return { refused: 'take_unknown' }
    const isFull = live.isFullFor(chunk.bytes.length, this.#options.maxRecordingBytes)
    if (isFull || live.mayHold(chunk.take, chunk.seq)) {
      const known = await findChunk(this.#options.db, { recordingId: live.id, ...chunk })
      if (known === 'other') return await this.#refuseConflict(live, chunk)
      // A repeat of what the ledger has: its row says so, and its CHUNK counts as a sign of life.
      if (known === 'same') return 'duplicate'
      // Before it is stored: what the ledger will refuse must take no room on the disk.
      if (isFull && known === 'absent') return { refused: 'recording_full' }
    }
    const indexed = live.tails.index(chunk)
    const outcome = await this.#store(live.id, arrived, indexed)
    if (outcome === 'full') live.noteFull()
    if (outcome === 'deleted') await purgeAgain(this.#options.db, live.id)
    if (outcome === 'conflict') return await this.#refuseConflict(live, chunk)
    if (outcome !== 'stored' && outcome !== 'duplicate') return { refused: REFUSALS[outcome] }
    live.noteStored(chunk.take, chunk.seq)
    if (indexed && outcome === 'stored') {
      const { index, ...run } = indexed
      live.tails.set(chunk.take, { ...run, nextSeq: chunk.seq + 1, state: index.after })
    } else this.#options.catchUp.note(live, chunk.take)
    return outcome
  }

  /** Through another instance it may have been announced a moment ago: the ledger knows. */
  async #knowsTake(live: LiveRecording, take: number): Promise<boolean> {
    if (live.takes.has(take)) return true
    const row = await openRecording(this.#options.db, live.id)
    if (row) live.refresh(row)
    return live.takes.has(take)
  }

  /** To the disk, then into the ledger. A segment that was replaced meanwhile is left, and the chunk goes to the next one. */
  async #store(
    recordingId: string,
    { chunk, value, transport }: Arrived,
    indexed: TailIndex | null,
  ): Promise<ChunkOutcome> {
    const { store, batcher } = this.#options
    const { bytes, ...facts } = chunk
    const row = { recordingId, ...facts, bytes: bytes.length, transport, ...rowIndex(indexed) }
    const at = await store.append(recordingId, value)
    const outcome = await batcher.add({ ...row, ...at })
    if (outcome !== 'retired') return outcome
    await store.closeSegment(recordingId, at.segment)
    return await batcher.add({ ...row, ...(await store.append(recordingId, value)) })
  }

  /** Keeps the offered bytes as evidence; after eight copies only their digest (rule 2). */
  async #refuseConflict(live: LiveRecording, chunk: Chunk): Promise<ChunkVerdict> {
    const { db, store } = this.#options
    const { take, seq, sha256 } = chunk
    const copies = await countConflictCopies(db, live.id)
    const object =
      copies < LIMITS.maxConflictCopies ? await store.keepConflict(live.id, chunk) : null
    const bytes = chunk.bytes.length
    const outcome = await keepConflict(db, {
      ...{ recordingId: live.id, take, seq, sha256, bytes, object },
    })
    if (outcome !== 'deleted') return { refused: 'chunk_conflict' }
    await purgeAgain(db, live.id)
    return { refused: 'recording_deleted' }
  }
}

const rowIndex = (indexed: TailIndex | null) =>
  indexed && {
    index: encodeChunkIndex(indexed.index, indexed.firstSeq),
    hasInit: indexed.hasInit,
  }

type Arrived = { chunk: Chunk; value: Frame; transport: Transport }
