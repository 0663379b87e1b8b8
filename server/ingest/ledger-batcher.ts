// Gathers the rows of durable chunks, of all sessions, into few transactions (R5). While one batch commits
// the next one gathers, so that a lone chunk never waits and a crowd shares its commits.
import {
  type BatchOutcome,
  type ChunkOutcome,
  commitChunks,
  type Db,
  type NewChunk,
} from '@holdfast/db'

type Waiting = {
  chunk: NewChunk
  resolve: (outcome: ChunkOutcome) => void
  reject: (cause: unknown) => void
}

type BatcherOptions = {
  db: Db
  maxRecordingBytes: number
  /** Called after COMMIT for each recording that is stopped and complete: it is due now. */
  onComplete: (recordingId: string) => void
}

/** Rows of one transaction: a lone fsync of the database is shared by at most this many acks. */
const MAX_ROWS = 64

export class LedgerBatcher {
  readonly #options: BatcherOptions
  #queue: Waiting[] = []
  #isCommitting = false

  constructor(options: BatcherOptions) {
    this.#options = options
  }

  /** Resolves after COMMIT; rejects when the outcome is unknown, then nothing may be acked (R7). */
  add(chunk: NewChunk): Promise<ChunkOutcome> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ chunk, resolve, reject })
      if (!this.#isCommitting) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#isCommitting = true
    while (this.#queue.length > 0) await this.#commit(this.#queue.splice(0, MAX_ROWS))
    this.#isCommitting = false
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = batch.map((waiting) => waiting.chunk)
      this.#settle(
        batch,
        await commitChunks(this.#options.db, rows, this.#options.maxRecordingBytes),
      )
    } catch (cause) {
      if (batch.length > 1 && isDataError(cause)) await this.#commitOneByOne(batch)
      else for (const waiting of batch) waiting.reject(cause)
    }
  }

  /** One row that the database refuses must not take the others of its batch along. */
  async #commitOneByOne(batch: readonly Waiting[]): Promise<void> {
    for (const waiting of batch) await this.#commit([waiting])
  }

  #settle(batch: readonly Waiting[], { outcomes, recordings }: BatchOutcome): void {
    for (const [at, waiting] of batch.entries()) waiting.resolve(outcomes[at] ?? 'unknown')
    for (const { id, complete, finished } of recordings) {
      if (complete && finished) this.#options.onComplete(id)
    }
  }
}

/** SQLSTATE class 22 (data) or 23 (constraint): the row's fault, not the connection's. */
function isDataError(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
  return [code, cause?.code].some(
    (state) => typeof state === 'string' && /^2[23]\w{3}$/.test(state),
  )
}
