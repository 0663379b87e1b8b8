// A recording as it lies on the disk after a bad day: several segments of several processes, chunks in any order, some
// twice, one that no row knows, a torn tail. And the ways to ask whether all of it is still there.
import { createHash } from 'node:crypto'
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Db, readChunkPlaces } from '@holdfast/db'
import { toHex } from '@holdfast/protocol'
import type { ChunkStore } from '../../server/store/chunk-store.ts'
import type { Disk } from '../../server/store/disk.ts'
import { type LocalStore, openLocalStore } from '../../server/store/local-store.ts'
import { folderPath } from '../../server/store/recording-folder.ts'
import { scanSegment } from '../../server/store/segment-reader.ts'
import type { StoreRecord } from '../../server/store/store-record.ts'
import { someChunk, someChunkFrame, someTakeFrame } from './chunks.ts'
import { newChunk, type TestLedger } from './ledger.ts'

export const CHUNKS = 24
/** The seq of the chunk that was stored but never got a row. */
export const ORPHAN = 77

const at = '2026-01-02T03:04:05.000Z'
const metaOf = (id: string, title: string): StoreRecord => ({
  kind: 'meta',
  at,
  id,
  createdAt: at,
  tokenHash: new Uint8Array(32).fill(9),
  tokenMayDelete: false,
  title,
  metadata: null,
  groupId: null,
  owner: null,
  notify: null,
})

export class CompactionBed {
  readonly ledger: TestLedger
  readonly root: string

  private constructor(ledger: TestLedger, root: string) {
    this.ledger = ledger
    this.root = root
  }

  static async make(ledger: TestLedger): Promise<CompactionBed> {
    return new CompactionBed(ledger, await mkdtemp(join(tmpdir(), 'holdfast-compaction-')))
  }

  dispose(): Promise<void> {
    return rm(this.root, { recursive: true })
  }

  /** Another server process. */
  open(incarnation: string, disk?: Disk): Promise<LocalStore> {
    return openLocalStore({ root: this.root, incarnation, ...(disk && { disk }) })
  }

  folder(id: string): string {
    return folderPath(this.root, id)
  }

  async files(id: string): Promise<string[]> {
    return (await readdir(this.folder(id))).sort()
  }

  /** Stores a chunk and commits its row. */
  async store(store: ChunkStore, id: string, seq: number): Promise<string> {
    const { sha256, bytes } = someChunk({ seq, length: 1000 + seq })
    const place = await store.append(id, someChunkFrame({ seq, length: 1000 + seq }))
    const row = newChunk(id, seq, { ...place, bytes: bytes.length })
    const [outcome] = await this.ledger.commit({ ...row, sha256 })
    return outcome ?? 'unknown'
  }

  /** Three segments: 0, 3, 6 … in the first, 1, 4 … in the second, 2, 5 … in the third. */
  async recording(): Promise<string> {
    const id = await this.ledger.recording()
    for (const [lane, incarnation] of ['first', 'second', 'third'].entries()) {
      const store = await this.open(`${incarnation}-${id.slice(0, 8)}`)
      await store.appendRecord(id, metaOf(id, incarnation))
      await store.append(id, someTakeFrame(0))
      for (let seq = CHUNKS - 3 + lane; seq >= 0; seq -= 3) await this.store(store, id, seq)
      // Sent again after its ack was lost, and once more with no row at all.
      await store.append(id, someChunkFrame({ seq: lane, length: 1000 + lane }))
      if (lane === 1) await store.append(id, someChunkFrame({ seq: ORPHAN }))
      await store.appendRecord(id, { kind: 'totals', at, takes: [], reason: 'user' })
      await store.close()
    }
    const torn = (await this.files(id)).at(-1) ?? ''
    await appendFile(join(this.folder(id), torn), new Uint8Array([0, 0, 1, 0, 3]))
    await this.settle(id)
    return id
  }

  /** So many tiny chunks, in two segments. */
  async longRecording(chunks: number): Promise<string> {
    const id = await this.ledger.recording()
    for (const lane of [0, 1]) {
      const store = await this.open(`long-${lane}`)
      const seqs = Array.from({ length: chunks / 2 }, (_, n) => 2 * n + lane)
      const rows = await Promise.all(
        seqs.map(async (seq) => {
          const { sha256, bytes } = someChunk({ seq, length: 20 })
          const place = await store.append(id, someChunkFrame({ seq, length: 20 }))
          return { ...newChunk(id, seq, { ...place, bytes: bytes.length }), sha256 }
        }),
      )
      await this.ledger.commit(...rows)
      await store.close()
    }
    await this.settle(id)
    return id
  }

  /** As if its version had been committed a day ago. */
  async settle(id: string): Promise<void> {
    const { sql } = this.ledger
    await sql`
      insert into versions (recording_id, version, epoch, generation, status, reason, bytes, gaps,
        header, etag, created_at)
      select id, version + 1, version + 1, generation, 'ready', 'stop', 1, '[]', '', 'e',
        now() - interval '1 day' from recordings where id = ${id}`
    await sql`
      update recordings set version = version + 1, status = 'ready',
        finalized_generation = generation where id = ${id}`
    await this.ledger.ageAll(id, 86_400_000)
  }

  /** Every row reads back the bytes that were stored under its number: what is wrong, in words. */
  async wrongChunks(id: string, chunks = CHUNKS): Promise<string[]> {
    const store = await this.open('reader')
    const wrong: string[] = []
    let count = 0
    for await (const { seq, sha256, bytes, segment, offset } of readChunkPlaces(
      this.ledger.db as Db,
      id,
    )) {
      count += 1
      const read = await store.read(id, { segment, offset }, bytes).catch(() => null)
      const isRight = read && createHash('sha256').update(read).digest('hex') === toHex(sha256)
      const isOriginal =
        read && Buffer.compare(read, someChunk({ seq, length: 1000 + seq }).bytes) === 0
      if (!isRight || !isOriginal) wrong.push(`${seq} in ${segment}`)
    }
    if (count !== chunks) wrong.push(`${count} chunks instead of ${chunks}`)
    await store.close()
    return wrong
  }

  /** What a ledger that is rebuilt from these files alone would find in them. */
  async evidence(id: string, files: readonly string[]): Promise<string[]> {
    const store = await this.open('reader')
    const found = new Set<string>()
    for (const { segment, bytes } of await store.segments(id)) {
      if (!files.includes(segment)) continue
      const pieces = store.stream(id, { segment, offset: 0 }, bytes)
      for await (const entry of scanSegment(pieces, bytes)) {
        if (entry.kind === 'chunk') found.add(`${entry.chunk.seq} ${toHex(entry.chunk.sha256)}`)
        if (entry.kind === 'take') found.add(`take ${entry.take} ${entry.body.mimeType}`)
        if (entry.kind === 'record') found.add(entry.record.kind)
      }
    }
    await store.close()
    return [...found].sort()
  }
}
