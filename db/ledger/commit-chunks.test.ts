import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_BYTES, newChunk, TestLedger } from '../../test/support/ledger.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

/** The counters of recording and takes beside what the rows really say. */
async function counters(id: string) {
  const row = await ledger.row(id)
  const rows = await ledger.chunkRows(id)
  const bytes = rows.reduce((sum, chunk) => sum + chunk.bytes, 0)
  return {
    kept: { chunks: row.chunkCount, bytes: row.bytes },
    real: { chunks: rows.length, bytes },
    takes: row.takes.map(({ take, chunkCount, maxSeq }) => ({ take, chunkCount, maxSeq })),
  }
}

describe('the outcome of a chunk', () => {
  test('is `stored` with one row that says where its bytes lie', async () => {
    const id = await ledger.recording()
    const chunk = newChunk(id, 7, { clusterMs: 1200, endMs: 2400, segment: 's1', offset: 99 })
    expect(await ledger.commit(chunk)).toEqual(['stored'])
    const [row, ...others] = await ledger.chunkRows(id)
    expect(others).toEqual([])
    expect({ ...row, sha256: new Uint8Array(row?.sha256 ?? []) }).toMatchObject({
      ...chunk,
      sha256: new Uint8Array(chunk.sha256),
      damagedAt: null,
      index: null,
    })
  })

  test('is `duplicate` for the same bytes again, with no second row and the first location', async () => {
    const id = await ledger.recording()
    await ledger.commit(newChunk(id, 0, { offset: 52 }))
    expect(await ledger.commit(newChunk(id, 0, { offset: 9999 }))).toEqual(['duplicate'])
    expect((await ledger.chunkRows(id)).map((row) => row.offset)).toEqual([52])
  })

  test('is `conflict` for other bytes under the number, and the first stay', async () => {
    const id = await ledger.recording()
    const first = newChunk(id, 0)
    await ledger.commit(first)
    expect(await ledger.commit(newChunk(id, 0, { body: 'other' }))).toEqual(['conflict'])
    const [row] = await ledger.chunkRows(id)
    expect(Buffer.from(row?.sha256 ?? []).equals(first.sha256)).toBe(true)
  })

  test('is `take_unknown` before the take was announced', async () => {
    const id = await ledger.recording()
    expect(await ledger.commit(newChunk(id, 0, { take: 1 }))).toEqual(['take_unknown'])
    expect(await ledger.chunkRows(id)).toEqual([])
  })

  test('is `deleted` for a deleted recording and `unknown` for one that never was', async () => {
    const id = await ledger.recording()
    await ledger.sql`update recordings set deleted_at = now() where id = ${id}`
    const batch = [newChunk(id, 0), newChunk(randomUUID(), 0)]
    expect(await ledger.commit(...batch)).toEqual(['deleted', 'unknown'])
    expect(await ledger.chunkRows(id)).toEqual([])
  })

  test('is `full` past the bytes of a recording, while what fits and repeats is acked', async () => {
    const id = await ledger.recording()
    await ledger.commit(newChunk(id, 0, { bytes: MAX_BYTES - 100 }))
    const batch = [
      newChunk(id, 1, { bytes: 101 }),
      newChunk(id, 2, { bytes: 100 }),
      newChunk(id, 3, { bytes: 1 }),
      newChunk(id, 0, { bytes: MAX_BYTES - 100 }),
    ]
    expect(await ledger.commit(...batch)).toEqual(['full', 'stored', 'full', 'duplicate'])
    expect((await ledger.row(id)).bytes).toBe(MAX_BYTES)
  })

  test('is `full` past the number of chunks of a recording', async () => {
    const id = await ledger.recording()
    await ledger.sql`update recordings set chunk_count = 524287 where id = ${id}`
    expect(await ledger.store(id, [0, 1])).toEqual(['stored', 'full'])
  })

  test('is told for each chunk of a batch of several recordings', async () => {
    const [a, b] = [await ledger.recording(), await ledger.recording([0, 1])]
    await ledger.store(a, [0])
    const batch = [
      newChunk(b, 0, { take: 1 }),
      newChunk(a, 0),
      newChunk(b, 0),
      newChunk(a, 0, { body: 'other' }),
      newChunk(a, 1),
    ]
    const expected = ['stored', 'duplicate', 'stored', 'conflict', 'stored']
    expect(await ledger.commit(...batch)).toEqual(expected)
  })

  test('is right at the largest take and seq there can be', async () => {
    const id = await ledger.recording([0xffff])
    const [top, below] = [0xffffffff, 0xfffffffe]
    expect(await ledger.store(id, [top, below], 0xffff)).toEqual(['stored', 'stored'])
    expect(await ledger.store(id, [top], 0xffff)).toEqual(['duplicate'])
    expect((await counters(id)).takes).toEqual([{ take: 0xffff, chunkCount: 2, maxSeq: top }])
  })
})

describe('I1: one number twice in one batch', () => {
  test('is one row when the bytes are the same', async () => {
    const id = await ledger.recording()
    const batch = [newChunk(id, 0), newChunk(id, 0, { offset: 777 })]
    expect(await ledger.commit(...batch)).toEqual(['stored', 'duplicate'])
    expect((await ledger.chunkRows(id)).map((row) => row.offset)).toEqual([52])
  })

  test('keeps the first when the bytes differ', async () => {
    const id = await ledger.recording()
    const batch = [newChunk(id, 0), newChunk(id, 0, { body: 'other' })]
    expect(await ledger.commit(...batch)).toEqual(['stored', 'conflict'])
    expect(await ledger.chunkRows(id)).toHaveLength(1)
  })

  test('counts once', async () => {
    const id = await ledger.recording()
    await ledger.commit(newChunk(id, 0), newChunk(id, 0), newChunk(id, 1))
    expect(await counters(id)).toMatchObject({
      kept: { chunks: 2, bytes: 200 },
      real: { chunks: 2, bytes: 200 },
      takes: [{ take: 0, chunkCount: 2, maxSeq: 1 }],
    })
  })
})

describe('a damaged row', () => {
  /** As whoever finds the damage writes it: marked, and off the counters, so that it counts as missing. */
  async function damage(id: string, seq: number): Promise<void> {
    await ledger.sql`
      update chunks set damaged_at = now() where recording_id = ${id} and take = 0 and seq = ${seq}`
    await ledger.sql`
      update takes set chunk_count = chunk_count - 1, bytes = bytes - 100 where recording_id = ${id}`
    await ledger.sql`
      update recordings set chunk_count = chunk_count - 1, bytes = bytes - 100, complete = false
      where id = ${id}`
  }

  test('gives its place to the next copy of the same bytes', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0, 1])
    await damage(id, 1)
    const copy = newChunk(id, 1, { segment: 'new.seg', offset: 5000 })
    expect(await ledger.commit(copy)).toEqual(['stored'])
    const row = (await ledger.chunkRows(id))[1]
    expect(row).toMatchObject({ segment: 'new.seg', offset: 5000, damagedAt: null })
    expect(await counters(id)).toMatchObject({ kept: { chunks: 2 }, real: { chunks: 2 } })
  })

  test('is replaced in the versions that held it, and makes the recording due', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0, 1, 2])
    const held = (await ledger.chunkRows(id)).map(({ generation }) => generation)
    const before = await ledger.row(id)
    await damage(id, 1)
    await ledger.store(id, [1])
    expect((await ledger.chunkRows(id)).map(({ generation }) => generation)).toEqual(held)
    expect((await ledger.row(id)).generation).toBeGreaterThan(before.generation)
  })

  test('completes a stopped recording again when it is replaced', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0, 1])
    await ledger.finish(id, [2])
    await damage(id, 0)
    await ledger.store(id, [0])
    expect(await ledger.row(id)).toMatchObject({ complete: true })
  })

  test('is not replaced by other bytes', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    await damage(id, 0)
    expect(await ledger.commit(newChunk(id, 0, { body: 'other' }))).toEqual(['conflict'])
    expect((await ledger.chunkRows(id))[0]?.damagedAt).not.toBeNull()
  })

  test('is replaced once when two copies come in one batch', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    await damage(id, 0)
    const batch = [newChunk(id, 0, { offset: 1 }), newChunk(id, 0, { offset: 2 })]
    expect(await ledger.commit(...batch)).toEqual(['stored', 'duplicate'])
    expect((await ledger.chunkRows(id)).map((row) => row.offset)).toEqual([1])
  })
})
