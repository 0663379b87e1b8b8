// A ledger and a store that disagree, and short words for looking and mending. Each run is another process with a name of its
// own, as the command is.
import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Db } from '@holdfast/db'
import { Finalizer } from '../../server/finalize/finalizer.ts'
import { layOutRecording } from '../../server/media-file/lay-out-recording.ts'
import { createLog } from '../../server/observe/log.ts'
import { createMetrics } from '../../server/observe/metrics.ts'
import { ALONE } from '../../server/reconcile/beside.ts'
import type { Site } from '../../server/reconcile/finding.ts'
import { type Reconciled, reconcile } from '../../server/reconcile/reconcile.ts'
import { Purger } from '../../server/recordings/purger.ts'
import type { ChunkStore } from '../../server/store/chunk-store.ts'
import { LeftoverFiles } from '../../server/store/leftover-files.ts'
import { someChunk, someChunkFrame, someTakeFrame } from './chunks.ts'
import { CompactionBed } from './compaction-bed.ts'
import { MAX_BYTES, newChunk, type TestLedger, TIMING } from './ledger.ts'

export type RunOptions = Partial<
  Pick<Site, 'overdueMs' | 'deadAfterMs' | 'isRebuilding' | 'untilOthersBeat'>
> & {
  isThorough?: boolean
  /** Changes the store that this run works with. */
  through?: (store: ChunkStore) => ChunkStore
}

/** Kinds and outcomes of the findings about one recording, sorted: `orphan_chunks mended`. */
export function about(findings: readonly Reconciled[], id: string | null): string[] {
  const ours = findings.filter(({ recordingId }) => recordingId === id)
  return ours.map(({ kind, outcome }) => `${kind} ${outcome}`).sort()
}

export class ReconcileBed {
  readonly bed: CompactionBed
  readonly ledger: TestLedger

  private constructor(bed: CompactionBed) {
    this.bed = bed
    this.ledger = bed.ledger
  }

  static async open(ledger: TestLedger): Promise<ReconcileBed> {
    await ledger.setUptime()
    return new ReconcileBed(await CompactionBed.make(ledger))
  }

  get root(): string {
    return this.bed.root
  }

  close(): Promise<void> {
    return this.bed.dispose()
  }

  look(options: RunOptions = {}): Promise<Reconciled[]> {
    return this.#run(false, options)
  }

  mend(options: RunOptions = {}): Promise<Reconciled[]> {
    return this.#run(true, options)
  }

  /** A recording with a take, two chunks with rows and one without, written by a process that is gone. */
  async withOrphan(incarnation = `dead-${randomUUID()}`): Promise<{ id: string; writer: string }> {
    const id = await this.ledger.recording()
    const store = await this.bed.open(incarnation)
    await store.append(id, someTakeFrame(0))
    for (const seq of [0, 1]) await this.storeChunk(store, id, seq)
    await store.append(id, someChunkFrame({ seq: 2 }))
    await store.close()
    return { id, writer: incarnation }
  }

  /** Bytes and row. */
  async storeChunk(store: ChunkStore, id: string, seq: number): Promise<string> {
    const { sha256, bytes } = someChunk({ seq })
    const at = await store.append(id, someChunkFrame({ seq }))
    const row = newChunk(id, seq, { ...at, bytes: bytes.length })
    await this.ledger.commit({ ...row, sha256 })
    return at.segment
  }

  /** sha256 of the bytes that the row of a chunk points to. */
  async storedDigest(id: string, seq: number): Promise<string> {
    const row = (await this.ledger.chunkRows(id)).find((one) => one.seq === seq)
    if (!row) return 'no row'
    const file = await readFile(join(this.bed.folder(id), row.segment))
    const bytes = file.subarray(row.offset, row.offset + row.bytes)
    return createHash('sha256').update(bytes).digest('hex')
  }

  /** Every file and folder below the store, and every row: to say that nothing has changed. */
  async everything(): Promise<unknown> {
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true })
    const files = entries.map((one) => relative(this.root, join(one.parentPath, one.name))).sort()
    const rows = await Promise.all(
      ['recordings', 'takes', 'chunks', 'jobs', 'conflicts', 'instances', 'retired_segments'].map(
        (table) => this.ledger.sql`select * from ${this.ledger.sql(table)} t order by t::text`,
      ),
    )
    return { files, rows: rows.map((of) => of.map((row) => ({ ...row }))) }
  }

  async #run(isApplying: boolean, options: RunOptions): Promise<Reconciled[]> {
    const { isThorough = true, through = (same) => same, ...parts } = options
    const { db } = this.ledger
    const store = await this.bed.open(`reconcile-${randomUUID()}`)
    const found: Reconciled[] = []
    try {
      await reconcile(
        { ...siteOf({ db, store: through(store), root: this.root }), ...parts },
        { isApplying, isThorough, onFinding: (finding) => found.push(finding) },
      )
      return found
    } finally {
      await store.close()
    }
  }
}

type SiteParts = { db: Db; store: ChunkStore; root: string }

/** As the command has it where no server can be at work. */
export function siteOf({ db, store, root }: SiteParts): Site {
  const log = createLog({ level: 'silent' })
  const metrics = createMetrics({ version: 'test', runtime: 'test' })
  metrics.close()
  const timing = TIMING
  const layOut = (id: string, generation: number) => layOutRecording({ db, store }, id, generation)
  const finalizer = new Finalizer({ db, timing, layOut, log, metrics })
  const forget = () => undefined
  const purger = new Purger({ db, store, retentionDays: 0, forget, log, metrics })
  return {
    ...{ db, store, timing, maxRecordingBytes: MAX_BYTES, keepMs: 60_000, isRebuilding: false },
    ...ALONE,
    leftovers: new LeftoverFiles(root),
    untilOthersBeat: async () => undefined,
    finalize: (id) => finalizer.finalizeNow(id, 'reconcile'),
    purge: () => purger.sweep(),
    signal: new AbortController().signal,
  }
}
