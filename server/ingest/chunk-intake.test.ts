import { encodeFrame, FRAME } from '@holdfast/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { someChunk, someChunkFrame, someTakeFrame } from '../../test/support/chunks.ts'
import { TestIngest, type TestSink } from '../../test/support/ingest.ts'

let bed: TestIngest
beforeAll(async () => {
  bed = await TestIngest.open({ limits: { maxChunkBytes: 5000 } })
})
afterAll(() => bed.close())

const nack = (sink: TestSink, at = 0) => sink.json<{ code: string; retry: boolean }>(FRAME.NACK, at)

/** The same frame with one bit of its bytes turned. */
function corrupted(seq: number) {
  const value = someChunkFrame({ seq })
  const payload = value.payload.slice()
  payload[payload.length - 1] = (payload.at(-1) ?? 0) ^ 1
  return { ...value, payload }
}

async function storedBytes(id: string): Promise<number> {
  const segments = await bed.store.segments(id)
  return segments.reduce((sum, segment) => sum + segment.bytes, 0)
}

describe('a chunk that is refused', () => {
  test('R1, rule 3: for its sha256 leaves nothing behind, and comes through when sent again', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(corrupted(0))
    expect(await nack(sink)).toMatchObject({ code: 'digest_mismatch', retry: true })
    expect(await storedBytes(opened.id)).toBe(0)
    expect(await bed.ledger.chunkRows(opened.id)).toEqual([])
    sink.push(someChunkFrame({ seq: 0 }))
    await sink.untilAcked(1)
  })

  test('for its size leaves nothing behind', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ length: 5001 }), someChunkFrame({ seq: 1, length: 5000 }))
    expect(await nack(sink)).toMatchObject({ code: 'chunk_too_large', retry: false })
    await sink.untilAcked(1)
    expect(sink.acked).toEqual(['0/1'])
  })

  test('rule 3: before its TAKE is stored nowhere', async () => {
    const opened = await bed.recording()
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ seq: 0 }))
    expect(await nack(sink)).toMatchObject({ code: 'take_unknown', retry: true })
    expect(await storedBytes(opened.id)).toBe(0)
    sink.push(someTakeFrame(0), someChunkFrame({ seq: 0 }))
    await sink.untilAcked(1)
  })

  test('R7, rule 3: by a failing disk is not in the ledger, and comes through later', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ seq: 0 }))
    await sink.untilAcked(1)
    bed.disk.failNext('datasync', 'EIO')
    sink.push(someChunkFrame({ seq: 1 }))
    expect(await nack(sink)).toMatchObject({ code: 'unavailable', retry: true })
    expect(await bed.ledger.chunkRows(opened.id)).toHaveLength(1)
    sink.push(someChunkFrame({ seq: 1 }))
    await sink.untilAcked(2)
    const [first, second] = await bed.ledger.chunkRows(opened.id)
    expect(second?.segment).not.toBe(first?.segment)
  })

  test('for a full recording is told not to come again', async () => {
    const opened = await bed.recording([0])
    await bed.ledger.sql`update recordings set bytes = 999999 where id = ${opened.id}`
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ seq: 0 }))
    expect(await nack(sink)).toMatchObject({ code: 'recording_full', retry: false })
    expect(await storedBytes(opened.id)).toBe(0)
  })

  test('rule 11: for a recording that became full takes no room on the disk from then on', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ seq: 0 }))
    await sink.untilAcked(1)
    await bed.ledger.sql`update recordings set bytes = 999999 where id = ${opened.id}`
    sink.push(someChunkFrame({ seq: 1 }))
    await nack(sink)
    const before = await storedBytes(opened.id)
    for (let seq = 2; seq < 10; seq++) sink.push(someChunkFrame({ seq }))
    await nack(sink, 8)
    expect(await storedBytes(opened.id)).toBe(before)
    sink.push(someChunkFrame({ seq: 0 }))
    await sink.untilAcked(2)
  })

  test('for a deleted recording is told not to come again', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    await bed.ledger.sql`update recordings set deleted_at = now() where id = ${opened.id}`
    sink.push(someChunkFrame({ seq: 0 }))
    expect(await nack(sink)).toMatchObject({ code: 'recording_deleted', retry: false })
  })
})

describe('rule 2: the same number again', () => {
  test('with the same bytes is acked without being written again', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ seq: 0 }))
    await sink.untilAcked(1)
    const before = await storedBytes(opened.id)
    sink.push(someChunkFrame({ seq: 0 }), someChunkFrame({ seq: 0 }))
    await sink.untilAcked(3)
    expect(await storedBytes(opened.id)).toBe(before)
    expect(await bed.ledger.chunkRows(opened.id)).toHaveLength(1)
  })

  test('I1: many times at once, over two sockets, is one row and one place, acked to each', async () => {
    const opened = await bed.recording([0])
    const [one, two] = [await bed.welcomed(opened), await bed.welcomed(opened)]
    for (let i = 0; i < 10; i++) {
      one.push(someChunkFrame({ seq: 0 }))
      two.push(someChunkFrame({ seq: 0 }))
    }
    await Promise.all([one.untilAcked(10), two.untilAcked(10)])
    const frameBytes = 4 + encodeFrame(someChunkFrame({ seq: 0 })).length
    expect(await storedBytes(opened.id)).toBe(frameBytes)
    expect(await bed.ledger.chunkRows(opened.id)).toHaveLength(1)
  })

  test('with other bytes is refused for good, and both copies are kept', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ seq: 0 }))
    await sink.untilAcked(1)
    sink.push(someChunkFrame({ seq: 0, seed: 1 }))
    expect(await nack(sink)).toMatchObject({ code: 'chunk_conflict', retry: false })
    const segments = await bed.store.segments(opened.id)
    expect(segments.filter((segment) => segment.isConflict)).toHaveLength(1)
    expect(segments).toHaveLength(2)
    const [row] = await bed.ledger.chunkRows(opened.id)
    const bytes = await bed.store.read(opened.id, row ?? { segment: '', offset: 0 }, 1000)
    expect(Buffer.from(bytes).equals(someChunk({ seq: 0 }).bytes)).toBe(true)
  })

  test('with ever other bytes keeps eight copies, then only digests', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ seq: 0 }))
    await sink.untilAcked(1)
    for (let seed = 1; seed <= 11; seed++) {
      sink.push(someChunkFrame({ seq: 0, seed }))
      await nack(sink, seed - 1)
    }
    const copies = (await bed.store.segments(opened.id)).filter((one) => one.isConflict)
    expect(copies).toHaveLength(8)
    expect(await bed.ledger.row(opened.id)).toMatchObject({ conflictCount: 11, bytes: 9000 })
  })

  test('found damaged is stored anew, and the new copy is the one that is read', async () => {
    const opened = await bed.recording([0])
    const sink = await bed.welcomed(opened)
    sink.push(someChunkFrame({ seq: 0 }))
    await sink.untilAcked(1)
    const [before] = await bed.ledger.chunkRows(opened.id)
    await bed.ledger.sql`update chunks set damaged_at = now() where recording_id = ${opened.id}`
    sink.push(someChunkFrame({ seq: 0 }))
    await sink.untilAcked(2)
    const [after] = await bed.ledger.chunkRows(opened.id)
    expect(after?.damagedAt).toBeNull()
    expect(after?.offset).toBeGreaterThan(before?.offset ?? 0)
  })
})

test('R7: chunks whose COMMIT fails are not acked, and are acked when they come again', async () => {
  const opened = await bed.recording([0])
  const sink = await bed.welcomed(opened)
  await bed.ledger.sql`alter table chunks add constraint refused check (take <> 0) not valid`
  sink.push(someChunkFrame({ seq: 0 }), someChunkFrame({ seq: 1 }))
  expect(await nack(sink)).toMatchObject({ code: 'unavailable', retry: true })
  expect(await nack(sink, 1)).toMatchObject({ code: 'unavailable', retry: true })
  expect(sink.acked).toEqual([])
  await bed.ledger.sql`alter table chunks drop constraint refused`
  sink.push(someChunkFrame({ seq: 0 }), someChunkFrame({ seq: 1 }))
  await sink.untilAcked(2)
})

test('CHECK says whether exactly this is stored', async () => {
  const opened = await bed.recording([0])
  const sink = await bed.welcomed(opened)
  sink.push(someChunkFrame({ seq: 0 }))
  await sink.untilAcked(1)
  const check = (seed: number) => {
    const { sha256 } = someChunk({ seq: 0, seed })
    sink.push({ type: FRAME.CHECK, flags: 0, take: 0, seq: 0, payload: sha256 })
  }
  check(0)
  await sink.untilAcked(2)
  check(1)
  expect(await nack(sink)).toMatchObject({ code: 'not_stored', retry: true })
})

test('I1: chunks that land in a segment which was replaced meanwhile go to the next one, without being refused', async () => {
  const opened = await bed.recording([0])
  const sink = await bed.welcomed(opened)
  sink.push(someChunkFrame({ seq: 0 }))
  await sink.untilAcked(1)
  const [first] = await bed.ledger.chunkRows(opened.id)
  // As another instance's compaction leaves it.
  await bed.ledger.sql`update recordings set version = 1 where id = ${opened.id}`
  await bed.ledger.sql`
    insert into retired_segments (recording_id, segment, bytes, remove_at)
    values (${opened.id}, ${first?.segment ?? ''}, 0, now())`
  sink.push(...[1, 2, 3, 4].map((seq) => someChunkFrame({ seq })))
  await sink.untilAcked(5)
  const [, ...late] = await bed.ledger.chunkRows(opened.id)
  expect(new Set(late.map(({ segment }) => segment)).size).toBe(1)
  expect(late[0]?.segment).not.toBe(first?.segment)
  expect(sink.of(FRAME.NACK)).toEqual([])
})
