// A compactor on a disk that can fail, with a recording to work on, and words for what it left behind.
import { readFile, writeFile } from 'node:fs/promises'
import { Compactor, type CompactorOptions } from '../../server/compaction/compactor.ts'
import { createLog } from '../../server/observe/log.ts'
import { createMetrics, type Metrics } from '../../server/observe/metrics.ts'
import type { ChunkStore } from '../../server/store/chunk-store.ts'
import type { LocalStore } from '../../server/store/local-store.ts'
import { CompactionBed } from './compaction-bed.ts'
import { FaultyDisk } from './faulty-disk.ts'
import type { TestLedger } from './ledger.ts'

export class CompactionSite {
  readonly bed: CompactionBed
  readonly ledger: TestLedger
  readonly store: LocalStore
  readonly disk: FaultyDisk
  readonly #metrics: Metrics

  private constructor(bed: CompactionBed, store: LocalStore, disk: FaultyDisk) {
    this.bed = bed
    this.ledger = bed.ledger
    this.store = store
    this.disk = disk
    this.#metrics = createMetrics({ version: 'test', runtime: 'test' })
    this.#metrics.close()
  }

  static async open(ledger: TestLedger): Promise<CompactionSite> {
    const bed = await CompactionBed.make(ledger)
    const disk = new FaultyDisk()
    return new CompactionSite(bed, await bed.open('compactor', disk), disk)
  }

  /** Leaves nothing that the next test's compactor would find. */
  async close(): Promise<void> {
    const { sql } = this.ledger
    await this.store.close()
    await this.bed.dispose()
    await sql`update recordings set compacted_generation = generation`
    await sql`delete from jobs`
    await sql`delete from retired_segments`
  }

  compactor(parts: Partial<CompactorOptions> = {}): Compactor {
    return new Compactor({
      ...{ db: this.ledger.db, store: this.store, metrics: this.#metrics },
      ...{ afterMs: 3_600_000, keepMs: 60_000, leaseMs: 60_000 },
      forget: () => undefined,
      log: createLog({ level: 'silent' }),
      ...parts,
    })
  }

  /** Lets the time run out for which replaced segments are kept. */
  async keepNoLonger(): Promise<void> {
    await this.ledger.sql`update retired_segments set remove_at = now() where removed_at is null`
  }

  /** Failed attempts are due again. */
  async retryNow(): Promise<void> {
    await this.ledger.sql`update jobs set run_at = now()`
  }

  metrics(): Promise<string> {
    return this.#metrics.registry.metrics()
  }

  async objects(id: string): Promise<string[]> {
    return (await this.bed.files(id)).filter((name) => name.startsWith('object-'))
  }

  async segmentsInRows(id: string): Promise<string[]> {
    return [...new Set((await this.ledger.chunkRows(id)).map(({ segment }) => segment))]
  }

  /** The store, with another way to write objects. */
  withWrite(writeObject: ChunkStore['writeObject']): ChunkStore {
    return new Proxy(this.store, {
      get: (target, name) => {
        if (name === 'writeObject') return writeObject
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
}

/** Damages one byte of a file. @param at its place, given the length */
export async function flipBit(path: string, at: (bytes: number) => number): Promise<void> {
  const bytes = await readFile(path)
  const place = at(bytes.length)
  bytes[place] = (bytes[place] ?? 0) ^ 1
  await writeFile(path, bytes)
}
