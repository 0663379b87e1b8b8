import { randomUUID } from 'node:crypto'
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deleteRecording } from '@holdfast/db'
import { toHex } from '@holdfast/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { someChunk, someChunkFrame, someTakeFrame } from '../../test/support/chunks.ts'
import { CHUNKS, ORPHAN } from '../../test/support/compaction-bed.ts'
import { newChunk, TestLedger } from '../../test/support/ledger.ts'
import { about, ReconcileBed } from '../../test/support/reconcile-bed.ts'
import { BESIDE } from './beside.ts'

let ledger: TestLedger
let bed: ReconcileBed

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  bed = await ReconcileBed.open(ledger)
})
afterEach(() => bed.close())

const seqsOf = async (id: string) => (await ledger.chunkRows(id)).map(({ seq }) => seq)

describe('chunks that no row names', () => {
  test('R10: are adopted by copying them into a segment of our own; again there is nothing to do', async () => {
    const { id, writer } = await bed.withOrphan()
    expect(about(await bed.mend(), id)).toEqual(['orphan_chunks mended'])
    expect(await seqsOf(id)).toEqual([0, 1, 2])
    const adopted = (await ledger.chunkRows(id))[2]
    expect(adopted?.segment).not.toContain(writer)
    expect(adopted?.segment).toContain('reconcile-')
    expect(await bed.storedDigest(id, 2)).toBe(toHex(someChunk({ seq: 2 }).sha256))
    expect(about(await bed.mend(), id)).toEqual([])
  })

  test('are told and left when nothing is to be changed', async () => {
    const { id } = await bed.withOrphan()
    const before = await bed.everything()
    const [finding] = (await bed.look()).filter(({ recordingId }) => recordingId === id)
    expect(finding).toMatchObject({ kind: 'orphan_chunks', outcome: 'found', detail: null })
    expect(finding?.what).toContain('1 chunks')
    expect(await bed.everything()).toEqual(before)
  })

  test('R10: of a process that lives are not looked at', async () => {
    const writer = `alive-${randomUUID()}`
    await ledger.sql`insert into instances (incarnation) values (${writer})`
    const { id } = await bed.withOrphan(writer)
    expect(about(await bed.mend(BESIDE), id)).toEqual([])
    expect(await seqsOf(id)).toEqual([0, 1])
    await ledger.sql`update instances set stopped_at = now() where incarnation = ${writer}`
    expect(about(await bed.mend(BESIDE), id)).toEqual(['orphan_chunks mended'])
  })

  test('of a bad day are found among torn tails, repeats and several writers', async () => {
    const id = await bed.bed.recording()
    expect(about(await bed.mend(), id)).toEqual(['orphan_chunks mended'])
    expect(await seqsOf(id)).toContain(ORPHAN)
    expect(await bed.bed.wrongChunks(id, CHUNKS + 1)).toEqual([
      `${ORPHAN} in ${await segmentOf(id, ORPHAN)}`,
    ])
    expect(about(await bed.mend(), id)).toEqual([])
  })

  test('take the place of a row whose bytes were found damaged', async () => {
    const { id } = await bed.withOrphan()
    const second = await bed.bed.open(`dead-${randomUUID()}`)
    await second.append(id, someChunkFrame({ seq: 1 }))
    await second.close()
    await ledger.sql`
      update chunks set damaged_at = now(), "offset" = "offset" + 1 where recording_id = ${id} and seq = 1`
    await bed.mend()
    const row = (await ledger.chunkRows(id))[1]
    expect(row?.damagedAt).toBeNull()
    expect(await bed.storedDigest(id, 1)).toBe(toHex(someChunk({ seq: 1 }).sha256))
  })

  test('bring the head of their take along', async () => {
    const id = await ledger.recording([])
    const store = await bed.bed.open(`dead-${randomUUID()}`)
    await store.append(id, someTakeFrame(3))
    await store.append(id, someChunkFrame({ take: 3, seq: 0 }))
    await store.close()
    expect(about(await bed.mend(), id)).toEqual(['orphan_chunks mended'])
    expect((await ledger.row(id)).takes).toMatchObject([{ take: 3, chunkCount: 1 }])
    expect(about(await bed.mend(), id)).toEqual([])
  })

  test('without the head of their take are left, and said', async () => {
    const id = await ledger.recording([])
    const store = await bed.bed.open(`dead-${randomUUID()}`)
    await store.append(id, someChunkFrame({ take: 5, seq: 0 }))
    await store.close()
    expect(about(await bed.mend(), id)).toEqual(['orphan_chunks left'])
  })

  test('under a number that other bytes have become evidence, once', async () => {
    const { id } = await bed.withOrphan()
    const store = await bed.bed.open(`dead-${randomUUID()}`)
    await store.append(id, someChunkFrame({ seq: 0, seed: 7 }))
    await store.close()
    await bed.mend()
    const rows = await ledger.sql`select seq, object from conflicts where recording_id = ${id}`
    expect(rows).toHaveLength(1)
    expect(await bed.storedDigest(id, 0)).toBe(toHex(someChunk({ seq: 0 }).sha256))
    expect(about(await bed.mend(), id)).toEqual([])
  })
})

const segmentOf = async (id: string, seq: number) =>
  (await ledger.chunkRows(id)).find((one) => one.seq === seq)?.segment

describe('conflicting copies that no row names', () => {
  test('get their row, and stay where they are', async () => {
    const { id } = await bed.withOrphan()
    const store = await bed.bed.open(`dead-${randomUUID()}`)
    const key = await store.keepConflict(id, someChunk({ seq: 1, seed: 9 }))
    await store.close()
    expect(about(await bed.mend(), id)).toEqual(['orphan_chunks mended', 'orphan_conflict mended'])
    const rows = await ledger.sql`select object from conflicts where recording_id = ${id}`
    expect(rows.map(({ object }) => object)).toEqual([key])
    expect(about(await bed.mend(), id)).toEqual([])
  })

  test('are set aside when they are not what their name says', async () => {
    const { id } = await bed.withOrphan()
    const store = await bed.bed.open(`dead-${randomUUID()}`)
    const key = await store.keepConflict(id, someChunk({ seq: 1, seed: 9 }))
    await store.close()
    await writeFile(join(bed.bed.folder(id), key), 'something else')
    await bed.mend()
    expect(await bed.bed.files(id)).toContain(`${key}.quarantined`)
    expect(about(await bed.mend(), id)).toEqual([])
  })
})

describe('a chunk whose bytes are not there any more', () => {
  test('is marked as missing; again there is nothing to do', async () => {
    const { id } = await bed.withOrphan()
    const second = await bed.bed.open(`dead-${randomUUID()}`)
    const gone = await bed.storeChunk(second, id, 5)
    await second.close()
    await rm(join(bed.bed.folder(id), gone))
    expect(about(await bed.look(), id)).toContain('damaged_bytes found')
    expect(about(await bed.mend(), id)).toEqual(['damaged_bytes mended', 'orphan_chunks mended'])
    const lost = (await ledger.chunkRows(id)).filter(({ damagedAt }) => damagedAt !== null)
    expect(lost.map(({ seq }) => seq)).toEqual([5])
    expect(about(await bed.mend(), id)).toEqual([])
  })

  test('like all the others of its recording is left: perhaps it is the wrong store', async () => {
    const { id } = await bed.withOrphan()
    await rm(bed.bed.folder(id), { recursive: true })
    expect(about(await bed.mend(), id)).toEqual(['lost_bytes left'])
    expect((await ledger.chunkRows(id)).filter(({ damagedAt }) => damagedAt)).toEqual([])
  })
})

describe('a segment', () => {
  test('R10: in which something stands that is no frame is marked, kept whole, and still served', async () => {
    const { id } = await bed.withOrphan()
    const [segment = ''] = await bed.bed.files(id)
    const path = join(bed.bed.folder(id), segment)
    await appendFile(path, new Uint8Array(200).fill(0xee))
    await appendFile(path, new Uint8Array([0, 0, 0, 9, 0x70, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]))
    const garbled = await bed.bed.open(`dead-${randomUUID()}`)
    const at = await garbled.append(id, someChunkFrame({ seq: 8 }))
    await garbled.close()
    await appendFile(
      join(bed.bed.folder(id), at.segment),
      new Uint8Array([0, 0, 0, 9, 0x70, 0, 0, 0, 0, 0, 0, 0, 1]),
    )
    const before = await readFile(join(bed.bed.folder(id), at.segment))
    expect(about(await bed.mend(), id)).toContain('unreadable_segment mended')
    expect(await bed.bed.files(id)).toContain(`${at.segment}.quarantined`)
    expect(await readFile(join(bed.bed.folder(id), at.segment))).toEqual(before)
    expect(await seqsOf(id)).toEqual([0, 1, 2, 8])
    expect(about(await bed.mend(), id)).toEqual([])
  })

  test('that was quarantined gives what is whole in it all the same, as copies', async () => {
    const { id } = await bed.withOrphan()
    const [segment = ''] = await bed.bed.files(id)
    await writeFile(join(bed.bed.folder(id), `${segment}.quarantined`), '{"reason":"EIO"}')
    expect(about(await bed.mend(), id)).toEqual(['orphan_chunks mended'])
    expect(await segmentOf(id, 2)).not.toBe(segment)
  })

  test('that was removed long ago is forgotten once its writer is fenced, and not before', async () => {
    const { id, writer } = await bed.withOrphan()
    await bed.mend()
    await ledger.sql`insert into instances (incarnation) values (${writer})`
    await ledger.sql`
      insert into retired_segments (recording_id, segment, bytes, retired_at, remove_at, removed_at)
      values (${id}, ${`${writer}-9.seg`}, 1, now() - interval '2 days', now() - interval '1 day',
        now() - interval '1 day')`
    expect(about(await bed.mend(BESIDE), id)).toEqual([])
    await ledger.sql`update instances set stopped_at = now() where incarnation = ${writer}`
    expect(about(await bed.mend(BESIDE), id)).toEqual([])
    await ledger.sql`
      update instances set stopped_at = now() - interval '1 hour' where incarnation = ${writer}`
    expect(about(await bed.mend(BESIDE), id)).toEqual(['spent_retirement mended'])
    expect(about(await bed.mend(BESIDE), id)).toEqual([])
  })
})

test('bytes of a purged recording go, and its audit row stays', async () => {
  const { id } = await bed.withOrphan()
  await deleteRecording(ledger.db, id, 0)
  await ledger.sql`delete from chunks where recording_id = ${id}`
  await ledger.sql`
    update recordings set deleted_at = now() - interval '1 day', purged_at = now() where id = ${id}`
  expect(about(await bed.mend(), id)).toEqual(['overdue_purge mended', 'purged_bytes mended'])
  expect(about(await bed.mend(), id)).toEqual([])
  await expect(bed.bed.files(id)).rejects.toThrow('ENOENT')
  const [row] = await ledger.sql`select purged_at from recordings where id = ${id}`
  expect(row?.purged_at).not.toBeNull()
})

test('a recording that the ledger does not know is told, and left', async () => {
  const { id } = await bed.withOrphan()
  await ledger.sql`delete from chunks where recording_id = ${id}`
  await ledger.sql`delete from takes where recording_id = ${id}`
  await ledger.sql`delete from recordings where id = ${id}`
  const before = await bed.bed.files(id)
  expect(about(await bed.mend(), id)).toEqual(['unknown_recording left'])
  expect(await bed.bed.files(id)).toEqual(before)
})

test('I1: a fenced writer commits no chunk into a segment that may be gone', async () => {
  const { id, writer } = await bed.withOrphan()
  await bed.bed.settle(id)
  const late = (seq: number, n: number) =>
    ledger.commit(newChunk(id, seq, { segment: `${writer}-${n}.seg`, offset: seq }))
  await ledger.sql`insert into instances (incarnation) values (${writer})`
  expect(await late(40, 7)).toEqual(['stored'])
  await ledger.sql`update instances set stopped_at = now() where incarnation = ${writer}`
  expect(await late(41, 7)).toEqual(['stored'])
  expect(await late(42, 8)).toEqual(['retired'])
})
