// What a batch of chunks does to its recording: generation, sign of life, the standing FINISH, the status.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newChunk, newResult, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { commitChunks } from './commit-chunks.ts'
import { commitVersion } from './commit-version.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
  await ledger.setUptime()
})
afterAll(() => ledger.close())

const statusOf = async (id: string) => (await ledger.row(id)).status

/** Stored, stopped and finalized. */
async function readyRecording(seqs = [0, 1]): Promise<string> {
  const id = await ledger.recording()
  await ledger.store(id, seqs)
  await ledger.finish(id, [seqs.length])
  await commitVersion(ledger.db, {
    claim: await ledger.claim(id),
    result: newResult(),
    timing: TIMING,
    by: 'sweeper',
  })
  return id
}

describe('the generation', () => {
  test('rises by one for each new chunk and not for duplicates or conflicts', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0, 1, 2])
    expect((await ledger.row(id)).generation).toBe(3)
    await ledger.commit(newChunk(id, 1), newChunk(id, 2, { body: 'other' }))
    expect((await ledger.row(id)).generation).toBe(3)
  })

  test('I1: is never below that of a stored chunk, so that no version leaves an acked chunk out', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0, 1, 2])
    await ledger.commit(newChunk(id, 0), newChunk(id, 1), newChunk(id, 2), newChunk(id, 3))
    const { generation } = await ledger.row(id)
    const newest = Math.max(...(await ledger.chunkRows(id)).map((row) => row.generation))
    expect(generation).toBeGreaterThanOrEqual(newest)
  })

  test('I2: a chunk stored later is never in a generation that was there before', async () => {
    const seq = fc.integer({ min: 0, max: 9 })
    const batches = fc.array(fc.array(seq, { minLength: 1, maxLength: 8 }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(batches, async (sent) => {
        const id = await ledger.recording()
        for (const seqs of sent) {
          const before = await ledger.row(id)
          const known = new Set((await ledger.chunkRows(id)).map((row) => row.seq))
          await ledger.store(id, seqs)
          const after = await ledger.row(id)
          const rows = await ledger.chunkRows(id)
          const added = rows.filter((row) => !known.has(row.seq))
          expect(rows.every((row) => row.generation <= after.generation)).toBe(true)
          expect(added.every((row) => row.generation > before.generation)).toBe(true)
          expect(after.generation > before.generation).toBe(added.length > 0)
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('a sign of life', () => {
  test('is every chunk that is acked, also a repeated one', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    await ledger.age(id, 60_000, 'last_seen_at', 'last_chunk_at')
    await ledger.store(id, [0])
    const { lastSeenAt, lastChunkAt } = await ledger.row(id)
    expect(Date.now() - lastSeenAt.getTime()).toBeLessThan(30_000)
    expect(Date.now() - (lastChunkAt?.getTime() ?? 0)).toBeLessThan(30_000)
  })

  test('is no chunk that was refused', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    await ledger.age(id, 60_000, 'last_seen_at', 'last_chunk_at')
    await ledger.commit(newChunk(id, 0, { body: 'other' }), newChunk(id, 0, { take: 9 }))
    const { lastSeenAt } = await ledger.row(id)
    expect(Date.now() - lastSeenAt.getTime()).toBeGreaterThan(50_000)
  })
})

describe('rule 7: a standing FINISH', () => {
  test('is complete once the last hole is filled, and the caller hears of it', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0, 3])
    await ledger.finish(id, [4])
    const first = await commitChunks(ledger.db, [newChunk(id, 1)], 1e9)
    expect(first.recordings).toEqual([{ id, complete: false, finished: true }])
    const last = await commitChunks(ledger.db, [newChunk(id, 2)], 1e9)
    expect(last.recordings).toEqual([{ id, complete: true, finished: true }])
    expect(await ledger.row(id)).toMatchObject({ complete: true, finishReason: 'user' })
  })

  test.each([
    ['at', 2],
    ['past', 3],
    ['far past', 0xffffffff],
  ])('is revoked with all its totals by a seq %s the total', async (_, seq) => {
    const id = await ledger.recording([0, 1])
    await ledger.store(id, [0, 1])
    await ledger.finish(id, [2, 0])
    await ledger.store(id, [seq])
    const row = await ledger.row(id)
    expect(row).toMatchObject({ finishedAt: null, finishReason: null, complete: false })
    const [left] =
      await ledger.sql`select count(*)::int as n from totals where recording_id = ${id}`
    expect(left?.n).toBe(0)
  })

  test('stands when a chunk below the total comes, also again', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0, 2])
    await ledger.finish(id, [3])
    await ledger.store(id, [1, 2])
    await ledger.store(id, [1])
    expect(await ledger.row(id)).toMatchObject({ complete: true, finishReason: 'user' })
  })

  test('stands when a refused chunk lies past the total', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    await ledger.finish(id, [1])
    await ledger.commit(newChunk(id, 5, { take: 3 }), newChunk(id, 7, { bytes: 10_000_000 }))
    expect(await ledger.row(id)).toMatchObject({ complete: true, finishReason: 'user' })
  })
})

describe('rule 6: the status after a new chunk', () => {
  test('stays when the recording was stopped, and it is due again', async () => {
    const id = await readyRecording()
    await ledger.sql`update totals set declared = 3 where recording_id = ${id}`
    await ledger.sql`update recordings set complete = false where id = ${id}`
    await ledger.store(id, [2])
    const row = await ledger.row(id)
    expect(row).toMatchObject({ status: 'ready', complete: true })
    expect(row.generation).not.toBe(row.finalizedGeneration)
    expect(await ledger.dueIds()).toContain(id)
  })

  test('is `recording` again when the chunk revokes the stop', async () => {
    const id = await readyRecording()
    await ledger.store(id, [2])
    expect(await statusOf(id)).toBe('recording')
    expect((await ledger.eventNames(id)).at(-1)).toBe('status:recording')
  })

  test('stays when only known chunks come again', async () => {
    const id = await readyRecording()
    const before = await ledger.row(id)
    await ledger.store(id, [0, 1])
    const after = await ledger.row(id)
    expect(after.status).toBe('ready')
    expect(after.generation).toBe(before.generation)
    expect(await ledger.dueIds()).not.toContain(id)
  })

  test.each(['ready', 'incomplete', 'failed', 'empty', 'finalizing'])(
    'is `recording` again from `%s` without a stop',
    async (status) => {
      const id = await ledger.recording()
      await ledger.sql`update recordings set status = ${status} where id = ${id}`
      await ledger.store(id, [0])
      expect(await statusOf(id)).toBe('recording')
    },
  )

  test('is `recording` again from `empty` even where a stop stands', async () => {
    const id = await ledger.recording()
    await ledger.finish(id, [2])
    await ledger.sql`update recordings set status = 'empty' where id = ${id}`
    await ledger.store(id, [0])
    expect(await statusOf(id)).toBe('recording')
  })

  test('stays `finalizing` under a stop, but the lease is free for whoever sees the new chunk', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    await ledger.finish(id, [2])
    await ledger.ageAll(id, 60_000)
    await ledger.claim(id)
    await ledger.store(id, [1])
    expect(await ledger.row(id)).toMatchObject({ status: 'finalizing', leaseUntil: null })
    expect(await ledger.dueIds()).toContain(id)
  })

  test('a chunk clears the wait after a failure: the next try may go better', async () => {
    const id = await ledger.recording()
    await ledger.sql`
      update recordings set status = 'failed', attempts = 5, next_attempt_at = now() + interval '1 hour'
      where id = ${id}`
    await ledger.store(id, [0])
    expect(await ledger.row(id)).toMatchObject({ attempts: 0, nextAttemptAt: null })
  })
})
