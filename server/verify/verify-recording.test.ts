import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findUnknownChunks, judgeOrphans } from '@holdfast/db'
import { HoldfastError, toHex } from '@holdfast/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { someChunkFrame } from '../../test/support/chunks.ts'
import { CHUNKS } from '../../test/support/compaction-bed.ts'
import { CompactionSite, flipBit } from '../../test/support/compaction-site.ts'
import { TestLedger } from '../../test/support/ledger.ts'
import { type ChunkStore, CONFLICT_MEDIA_OFFSET } from '../store/chunk-store.ts'
import { type VerifyReport, verifyRecording } from './verify-recording.ts'

/** Lies once in its segment; the first three lie there twice. */
const ONCE = 10
const TWICE = 1

let ledger: TestLedger
let site: CompactionSite
let id: string

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  site = await CompactionSite.open(ledger)
  id = await site.bed.recording()
})
afterEach(() => site.close())

function verify({ mark = true } = {}): Promise<VerifyReport> {
  return verifyRecording({ db: ledger.db, store: site.store }, id, { mark })
}

/** Damages the chunk where its row says that it lies; again, and it is right again. */
async function flip(seq: number, at = 7): Promise<void> {
  const row = (await ledger.chunkRows(id)).find((one) => one.seq === seq)
  if (!row) throw new Error(`no chunk ${seq}`)
  await flipBit(join(site.bed.folder(id), row.segment), () => row.offset + at)
}

async function damagedSeqs(): Promise<number[]> {
  const rows = await ledger.chunkRows(id)
  return rows.filter(({ damagedAt }) => damagedAt !== null).map(({ seq }) => seq)
}

const seqs = (places: readonly { seq: number }[]) => places.map(({ seq }) => seq)
const none = { damaged: [], known: [], recovered: [], returned: [], unreadable: [] }

test('a recording that is as it was acknowledged is read whole, and nothing is changed', async () => {
  const before = await ledger.row(id)
  const report = await verify()
  expect(report).toMatchObject({ recordingId: id, chunks: CHUNKS, ...none })
  expect(report.bytes).toBe((await ledger.chunkRows(id)).reduce((sum, row) => sum + row.bytes, 0))
  expect(await ledger.row(id)).toEqual(before)
})

describe('one flipped bit', () => {
  test('is found, and without being asked nothing is marked', async () => {
    await flip(ONCE)
    const report = await verify({ mark: false })
    expect(seqs(report.damaged)).toEqual([ONCE])
    expect(report.chunks).toBe(CHUNKS - 1)
    expect(await damagedSeqs()).toEqual([])
  })

  test('is marked when no other copy is there, and not found again', async () => {
    await flip(ONCE)
    expect(seqs((await verify()).damaged)).toEqual([ONCE])
    expect(await damagedSeqs()).toEqual([ONCE])
    const again = await verify()
    expect(again).toMatchObject({ chunks: CHUNKS - 1, damaged: [] })
    expect(seqs(again.known)).toEqual([ONCE])
  })

  test('R10: gives place to another copy, in a new segment, and nobody notices', async () => {
    const before = await ledger.row(id)
    await flip(TWICE)
    expect(seqs((await verify()).recovered)).toEqual([TWICE])
    expect(await damagedSeqs()).toEqual([])
    expect(await site.bed.wrongChunks(id)).toEqual([])
    expect((await ledger.row(id)).generation).toBe(before.generation)
    const row = (await ledger.chunkRows(id)).find(({ seq }) => seq === TWICE)
    expect(row?.segment).toMatch(/^compactor-/)
  })

  test('in an object gives place to the segments that it replaced, as long as they are kept', async () => {
    await site.compactor().sweep()
    await flip(ONCE)
    expect(seqs((await verify()).recovered)).toEqual([ONCE])
    expect(await site.bed.wrongChunks(id)).toEqual([])
  })

  test('that is right again counts again', async () => {
    await flip(ONCE)
    await verify()
    const { generation } = await ledger.row(id)
    await flip(ONCE)
    expect(seqs((await verify()).returned)).toEqual([ONCE])
    expect(await damagedSeqs()).toEqual([])
    expect((await ledger.row(id)).generation).toBe(generation + 1)
    expect(await site.bed.wrongChunks(id)).toEqual([])
  })

  test('whose copy turns up later gives place to it then', async () => {
    await flip(ONCE)
    await verify()
    // Somebody stored it and died before its row: the same frame, and no row that points there.
    const other = await site.bed.open('died')
    await other.append(id, someChunkFrame({ seq: ONCE, length: 1000 + ONCE }))
    await other.close()
    expect(seqs((await verify()).recovered)).toEqual([ONCE])
    expect(await damagedSeqs()).toEqual([])
    expect(await site.bed.wrongChunks(id)).toEqual([])
  })
})

describe('one flipped bit in the head in front of a chunk', () => {
  const HEAD: [what: string, at: number][] = [
    ['the length', 0],
    ['the type', 4],
    ['the take', 7],
    ['the number', 10],
    ['the digest', 20],
  ]

  test.each(HEAD)('in %s is found, and without being asked nothing is changed', async (_, at) => {
    await flip(ONCE, at - CONFLICT_MEDIA_OFFSET)
    const before = await ledger.chunkRows(id)
    expect(seqs((await verify({ mark: false })).damaged)).toEqual([ONCE])
    expect(await ledger.chunkRows(id)).toEqual(before)
  })

  test.each(HEAD)('in %s: it is written anew as the ledger knows it', async (_, at) => {
    const before = await ledger.row(id)
    await flip(ONCE, at - CONFLICT_MEDIA_OFFSET)
    expect(await verify()).toMatchObject({ ...none, recovered: [{ seq: ONCE }] })
    expect(await damagedSeqs()).toEqual([])
    expect((await ledger.row(id)).generation).toBe(before.generation)
    const row = (await ledger.chunkRows(id)).find(({ seq }) => seq === ONCE)
    expect(row?.segment).toMatch(/^compactor-/)
    expect(await site.bed.evidence(id, [row?.segment ?? ''])).toEqual([
      `${ONCE} ${toHex(row?.sha256 ?? new Uint8Array())}`,
    ])
    expect(await verify()).toMatchObject({ chunks: CHUNKS, ...none })
  })

  test('in the number: what lies there is no chunk of its own, for nobody who looks for orphans', async () => {
    await flip(ONCE, 8 - CONFLICT_MEDIA_OFFSET + 3)
    const row = (await ledger.chunkRows(id)).find(({ seq }) => seq === ONCE)
    const { sha256 = new Uint8Array() } = row ?? {}
    const asItLies = { take: 0, seq: ONCE ^ 1, sha256 }
    const judged = async (name = asItLies) => [
      await judgeOrphans(ledger.db, id, [name]),
      await findUnknownChunks(ledger.db, id, [name]),
    ]
    expect(await judged()).toEqual([['known'], []])
    await verify()
    expect(await judged()).toEqual([['known'], []])
    expect(await judged({ ...asItLies, seq: 1000, take: 7 })).toEqual([['known'], []])
    await site.compactor().sweep()
    // In the object there is nothing under that number, from which a ledger could be rebuilt.
    const seen = await site.bed.evidence(id, await site.objects(id))
    expect(seen.filter((line) => line.endsWith(toHex(sha256)))).toEqual([
      `${ONCE} ${toHex(sha256)}`,
    ])
  })

  test('R13: is no reason not to compact: what lies behind a wrong length is in the object', async () => {
    await flip(ONCE, -CONFLICT_MEDIA_OFFSET)
    const mend = async () => void (await verify())
    await site.compactor({ mend }).sweep()
    expect(await site.objects(id)).toEqual([])
    await site.retryNow()
    await site.compactor({ mend }).sweep()
    const objects = await site.objects(id)
    expect(await site.segmentsInRows(id)).toEqual(objects)
    const stored = (await ledger.chunkRows(id)).map(({ seq, sha256 }) => `${seq} ${toHex(sha256)}`)
    expect(await site.bed.evidence(id, objects)).toEqual(expect.arrayContaining(stored))
  })

  test('of a recording that was compacted long ago makes it due to be compacted once more', async () => {
    await site.compactor().sweep()
    await site.keepNoLonger()
    await site.compactor().sweep()
    const [first] = await site.objects(id)
    await flip(ONCE, -CONFLICT_MEDIA_OFFSET)
    await verify()
    await site.compactor().sweep()
    const second = (await site.objects(id)).filter((object) => object !== first)
    expect(second).toHaveLength(1)
    expect(await site.segmentsInRows(id)).toEqual(second)
    expect(await site.bed.wrongChunks(id)).toEqual([])
  })
})

describe('bytes that are not there', () => {
  test('are damage when the rest of the recording is', async () => {
    const segment = (await ledger.chunkRows(id)).find(({ seq }) => seq === ONCE)?.segment ?? ''
    const gone = (await ledger.chunkRows(id)).filter((row) => row.segment === segment)
    await rm(join(site.bed.folder(id), segment))
    expect(seqs((await verify()).damaged)).toEqual(seqs(gone))
    expect(await damagedSeqs()).toEqual(seqs(gone))
  })

  test('are no damage when nothing is there: a disk that is not mounted holds nothing either', async () => {
    const away = `${site.bed.folder(id)}-away`
    await rename(site.bed.folder(id), away)
    const report = await verify()
    expect(report).toMatchObject({ ...none, unreadable: expect.anything() })
    expect(report.unreadable).toHaveLength(CHUNKS)
    expect(await damagedSeqs()).toEqual([])
    await rename(away, site.bed.folder(id))
    expect(await verify()).toMatchObject({ chunks: CHUNKS, ...none })
  })
})

test('a store that does not answer is asked once, and nothing is said about any chunk', async () => {
  let asked = 0
  const away = async () => {
    asked += 1
    throw new HoldfastError('store_failed')
  }
  const store = new Proxy<ChunkStore>(site.store, { get: () => away })
  const pass = verifyRecording({ db: ledger.db, store }, id, { mark: true })
  await expect(pass).rejects.toMatchObject({ code: 'store_failed' })
  expect(asked).toBe(2)
  expect(await damagedSeqs()).toEqual([])
})

test('goes on behind the chunk where another pass ended', async () => {
  await flip(ONCE)
  const deps = { db: ledger.db, store: site.store }
  const after = { take: 0, seq: ONCE }
  const report = await verifyRecording(deps, id, { mark: true, after })
  expect(report).toMatchObject({ chunks: CHUNKS - ONCE - 1, ...none })
})

test('a pass that is broken off marks nothing', async () => {
  await flip(ONCE)
  const stopped = new AbortController()
  const pass = verifyRecording({ db: ledger.db, store: site.store }, id, {
    mark: true,
    signal: stopped.signal,
    onChunk: ({ seq }) => {
      if (seq === ONCE) stopped.abort(new Error('broken off'))
    },
  })
  await expect(pass).rejects.toThrow('broken off')
  expect(await damagedSeqs()).toEqual([])
})
