// A real ledger for one test file, and short words for what a test puts into it. Time is moved by
// backdating rows: no test waits for a clock.
import { createHash, randomUUID } from 'node:crypto'
import {
  announceTake,
  beat,
  type ChunkOutcome,
  type Claim,
  type Connection,
  claimDue,
  commitChunks,
  commitFinish,
  connectDatabase,
  createRecording,
  type DatabaseClient,
  type Db,
  type FinishOutcome,
  type NewChunk,
  type OpenedRecording,
  openRecording,
  type Result,
  schema,
  type TakeOutcome,
  type Timing,
} from '@holdfast/db'
import { createTestDatabase, type TestDatabase } from './postgres.ts'
import { waitFor } from './wait-for.ts'

/** Room for a slow machine: a test must not lose its own lease or count as an outage. */
export const TIMING: Timing = { graceMs: 10_000, leaseMs: 120_000, gapMs: 120_000 }
export const MAX_BYTES = 1_000_000
export const TOKEN_HASH: Uint8Array = createHash('sha256').update('a test token').digest()

type ChunkParts = Partial<Omit<NewChunk, 'recordingId' | 'sha256' | 'seq'>> & { body?: string }
type TimeColumn = 'created_at' | 'last_seen_at' | 'last_chunk_at' | 'finished_at' | 'lease_until'

/** A chunk as it stands before its row is committed; `body` stands for its bytes. */
export function newChunk(recordingId: string, seq: number, parts: ChunkParts = {}): NewChunk {
  const { body = `chunk ${parts.take ?? 0}/${seq}`, ...rest } = parts
  return {
    recordingId,
    take: 0,
    seq,
    sha256: createHash('sha256').update(body).digest(),
    bytes: 100,
    segment: 'a.seg',
    offset: 52 + seq * 152,
    aligned: true,
    clusterMs: null,
    endMs: null,
    transport: 'websocket',
    ...rest,
  }
}

/** What a finalizer would have computed; the etag stands for the bytes. */
export function newResult(parts: Partial<Result> = {}): Result {
  const made = {
    header: new Uint8Array([1, 2, 3]),
    etag: 'e1',
    container: 'webm' as const,
    played: [],
  }
  return { status: 'ready', durationMs: 1000, bytes: 100, gaps: [], ...made, ...parts }
}

export class TestLedger {
  readonly #database: TestDatabase
  readonly #client: DatabaseClient

  private constructor(database: TestDatabase, client: DatabaseClient) {
    this.#database = database
    this.#client = client
  }

  static async open(): Promise<TestLedger> {
    const database = await createTestDatabase()
    return new TestLedger(database, connectDatabase(database.connection))
  }

  get db(): Db {
    return this.#client.db
  }

  /** Raw SQL, for what only a test does: backdating and damage. */
  get sql(): DatabaseClient['sql'] {
    return this.#client.sql
  }

  /** For another process. */
  get connection(): Connection {
    return this.#database.connection
  }

  /** A connection pool of its own, as another instance has. */
  connect(): DatabaseClient {
    return connectDatabase(this.#database.connection, { max: 4 })
  }

  async close(): Promise<void> {
    await this.#client.close()
    await this.#database.drop()
  }

  /** A recording with these takes announced, each with an init of its own. */
  async recording(takes: readonly number[] = [0]): Promise<string> {
    const id = randomUUID()
    await createRecording(this.db, { id, tokenHash: TOKEN_HASH })
    for (const take of takes) await this.announce(id, take)
    return id
  }

  announce(recordingId: string, take: number): Promise<TakeOutcome> {
    const init = new Uint8Array([take & 0xff])
    const startedAt = new Date('2026-01-01T00:00:00Z')
    return announceTake(this.db, { recordingId, take, mimeType: 'video/webm', init, startedAt })
  }

  async commit(...batch: NewChunk[]): Promise<ChunkOutcome[]> {
    return (await commitChunks(this.db, batch, MAX_BYTES)).outcomes
  }

  /** Stores these chunks of one take in one batch. */
  store(id: string, seqs: readonly number[], take = 0): Promise<ChunkOutcome[]> {
    return this.commit(...seqs.map((seq) => newChunk(id, seq, { take })))
  }

  /** FINISH with `chunks[take]` chunks for each take. */
  finish(
    id: string,
    chunks: readonly number[],
    reason: 'user' | 'pagehide' = 'user',
  ): Promise<FinishOutcome> {
    const takes = chunks.map((count, take) => ({ take, chunks: count }))
    return commitFinish(this.db, id, { takes, reason })
  }

  async row(id: string): Promise<OpenedRecording> {
    const row = await openRecording(this.db, id)
    if (!row) throw new Error(`no recording ${id}`)
    return row
  }

  async chunkRows(id: string) {
    const { chunks } = schema
    const rows = await this.db.select().from(chunks).orderBy(chunks.take, chunks.seq)
    return rows.filter((row) => row.recordingId === id)
  }

  async versionRows(id: string) {
    const { versions } = schema
    const rows = await this.db.select().from(versions).orderBy(versions.version)
    return rows.filter((row) => row.recordingId === id)
  }

  /** Types of the events of a recording, in order; a status event as `status:ready`. */
  async eventNames(id: string): Promise<string[]> {
    const { events } = schema
    const rows = await this.db.select().from(events).orderBy(events.id)
    return rows
      .filter((row) => row.recordingId === id)
      .map(({ data }) => (data.type === 'status' ? `status:${data.status}` : data.type))
  }

  /** Sets times of one recording to `ms` ago. */
  async age(id: string, ms: number, ...columns: TimeColumn[]): Promise<void> {
    for (const column of columns) {
      await this.sql`
        update recordings set ${this.sql(column)} = now() - ${ms} * interval '1 ms'
        where id = ${id}`
    }
  }

  /** As if everything about the recording had happened `ms` earlier. */
  async ageAll(id: string, ms: number): Promise<void> {
    const by = this.sql`${ms} * interval '1 ms'`
    await this.sql`
      update recordings set created_at = created_at - ${by}, last_seen_at = last_seen_at - ${by},
        last_chunk_at = last_chunk_at - ${by}, finished_at = finished_at - ${by}
      where id = ${id}`
  }

  /** The instances have been up since `upMs` ago and committed their last heartbeat `beatMs` ago. */
  async setUptime({ upMs = 3_600_000, beatMs = 0 } = {}): Promise<void> {
    await beat(this.db, 'test', TIMING.gapMs)
    await this.sql`
      update uptime set up_since = now() - ${upMs} * interval '1 ms',
        last_beat_at = now() - ${beatMs} * interval '1 ms'`
  }

  /** What a sweep claims. */
  claims(timing = TIMING): Promise<Claim[]> {
    return claimDue(this.db, timing, 100)
  }

  async dueIds(timing = TIMING): Promise<string[]> {
    return (await this.claims(timing)).map((claim) => claim.id)
  }

  /**
   * Starts all of `works` at the recording's lock before any may go on: they meet there as if they had come in the
   * same instant. Each must need that lock.
   */
  async meet<T>(id: string, works: readonly (() => Promise<T>)[]): Promise<T[]> {
    let met: Promise<T[]> | undefined
    await this.sql.begin(async (tx) => {
      await tx`select 1 from recordings where id = ${id} for update`
      met = Promise.all(works.map((work) => work()))
      // Whatever becomes of it is read below; until then it is no unheard failure.
      met.catch(() => undefined)
      await waitFor(`${works.length} waiting`, async () => {
        // Not on `tx`: inside a transaction this view stands still.
        const [row] = await this.sql`
          select count(*)::int as n from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`
        return Number(row?.n) === works.length
      })
    })
    return (await met) ?? []
  }

  /** Claims exactly this recording as a sweep would. */
  async claim(id: string): Promise<Claim> {
    const claims = await this.claims()
    const claim = claims.find((one) => one.id === id)
    if (!claim) throw new Error(`${id} is not due`)
    return claim
  }
}
