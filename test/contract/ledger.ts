// What every ledger keeps: the real one on Postgres, and the simulated one of test/simulation, whose worlds prove nothing
// where the two differ. Cases are values, so that they can also be run against a ledger with a planted bug.
import { randomUUID } from 'node:crypto'
import type * as real from '@holdfast/db'
import type { CommitOutcome, Finalizes } from '@holdfast/db'
import type { simulatedLedger } from '../simulation/ledger/index.ts'
import { MAX_BYTES, newChunk, newResult, TIMING, TOKEN_HASH } from '../support/ledger.ts'

/** The functions under test. */
export type Ledger = Pick<typeof real, keyof typeof simulatedLedger>

export type TimeColumn =
  | 'created_at'
  | 'last_seen_at'
  | 'last_chunk_at'
  | 'finished_at'
  | 'lease_until'

/** A ledger of its own, and what only a test does to one. */
export interface LedgerBed {
  readonly db: real.Db
  readonly ledger: Ledger
  /** Sets times of one recording to `ms` ago. */
  age(id: string, ms: number, ...columns: TimeColumn[]): Promise<void>
  /** The instances have been up since `upMs` ago and committed their last heartbeat `beatMs` ago. */
  setUptime(uptime: { upMs: number; beatMs: number }): Promise<void>
}

/** Short words for what a case puts into a ledger. */
export class LedgerCase {
  readonly bed: LedgerBed

  constructor(bed: LedgerBed) {
    this.bed = bed
  }

  get ledger(): Ledger {
    return this.bed.ledger
  }

  get db(): real.Db {
    return this.bed.db
  }

  /** Instances are up and beating: silence can be judged. */
  async upAndBeating(): Promise<void> {
    await this.bed.setUptime({ upMs: 3_600_000, beatMs: 0 })
  }

  async recording(takes: readonly number[] = [0]): Promise<string> {
    const id = randomUUID()
    await this.ledger.createRecording(this.db, { id, tokenHash: TOKEN_HASH })
    for (const take of takes) await this.announce(id, take)
    return id
  }

  announce(recordingId: string, take: number, parts: Partial<real.NewTake> = {}) {
    const startedAt = new Date('2026-01-01T00:00:00Z')
    const init = new Uint8Array([take & 0xff])
    return this.ledger.announceTake(this.db, {
      ...{ recordingId, take, mimeType: 'video/webm', init, startedAt, ...parts },
    })
  }

  async commit(...batch: real.NewChunk[]): Promise<real.ChunkOutcome[]> {
    return (await this.ledger.commitChunks(this.db, batch, MAX_BYTES)).outcomes
  }

  store(id: string, seqs: readonly number[], take = 0): Promise<real.ChunkOutcome[]> {
    return this.commit(...seqs.map((seq) => newChunk(id, seq, { take })))
  }

  finish(id: string, chunks: readonly number[]): Promise<real.FinishOutcome> {
    const takes = chunks.map((count, take) => ({ take, chunks: count }))
    return this.ledger.commitFinish(this.db, id, { takes, reason: 'user' })
  }

  async row(id: string): Promise<real.OpenedRecording> {
    const row = await this.ledger.openRecording(this.db, id)
    if (!row) throw new Error(`no recording ${id}`)
    return row
  }

  /** Silent for so long that it is due. */
  silence(id: string): Promise<void> {
    return this.bed.age(id, 60_000, 'created_at', 'last_seen_at', 'last_chunk_at')
  }

  claims(): Promise<real.Claim[]> {
    return this.ledger.claimDue(this.db, TIMING, 100)
  }

  async isDue(id: string): Promise<boolean> {
    return (await this.claims()).some((claim) => claim.id === id)
  }

  async claim(id: string): Promise<real.Claim> {
    const found = (await this.claims()).find((claim) => claim.id === id)
    if (!found) throw new Error(`${id} is not due`)
    return found
  }

  commitVersion(
    claim: real.Claim,
    parts: Partial<real.Result> | null = {},
    by: Finalizes = 'sweeper',
  ): Promise<CommitOutcome> {
    const result = parts && newResult(parts)
    return this.ledger.commitVersion(this.db, { claim, result, timing: TIMING, by })
  }

  /** Of this recording: others may be due too. */
  async claimCompaction(id: string): Promise<real.CompactionClaim> {
    for (;;) {
      const claim = await this.ledger.claimCompaction(this.db, 60_000)
      if (!claim) throw new Error(`${id} is not to be compacted`)
      if (claim.recordingId === id) return claim
    }
  }

  /** Stopped, whole, and finalized as version 1. */
  async ready(): Promise<string> {
    await this.upAndBeating()
    const id = await this.recording()
    await this.store(id, [0, 1])
    await this.finish(id, [2])
    await this.commitVersion(await this.claim(id))
    return id
  }
}

export type LedgerRule = {
  readonly title: string
  readonly holds: (on: LedgerCase) => Promise<void>
}
