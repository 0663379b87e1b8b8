// Batches that meet on two connections, as from two instances.
import type { DatabaseClient } from '@holdfast/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newChunk, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { claimDue } from './claim-due.ts'
import { type ChunkOutcome, commitChunks, type NewChunk } from './commit-chunks.ts'
import { commitFinish } from './commit-finish.ts'

let ledger: TestLedger
let one: DatabaseClient
let two: DatabaseClient
beforeAll(async () => {
  ledger = await TestLedger.open()
  await ledger.setUptime()
  one = ledger.connect()
  two = ledger.connect()
})
afterAll(async () => {
  await Promise.all([one.close(), two.close()])
  await ledger.close()
})

async function commit(on: DatabaseClient, batch: NewChunk[]): Promise<ChunkOutcome[]> {
  return (await commitChunks(on.db, batch, 1e9)).outcomes
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

test('I1: the same chunks from two connections at once are stored once and acked to both', async () => {
  const id = await ledger.recording()
  for (const start of numbers(10)) {
    const batch = numbers(8).map((i) => newChunk(id, start * 8 + i))
    const works = [() => commit(one, batch), () => commit(two, batch.toReversed())]
    const outcomes = (await ledger.meet(id, works)).flat()
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(8)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(8)
  }
  expect(await ledger.chunkRows(id)).toHaveLength(80)
  expect(await ledger.row(id)).toMatchObject({ chunkCount: 80, bytes: 8000 })
})

test('two different copies of one number at once: one is stored, the other is a conflict', async () => {
  const id = await ledger.recording()
  for (const seq of numbers(5)) {
    const outcomes = await ledger.meet(id, [
      () => commit(one, [newChunk(id, seq, { body: 'a' })]),
      () => commit(two, [newChunk(id, seq, { body: 'b' })]),
    ])
    expect(outcomes.flat().sort()).toEqual(['conflict', 'stored'])
  }
})

test('batches over the same recordings in opposite orders never deadlock', async () => {
  const ids = await Promise.all(numbers(6).map(() => ledger.recording()))
  const rounds = numbers(15).map((seq) => {
    const batch = ids.map((id) => newChunk(id, seq))
    const other = ids.toReversed().map((id) => newChunk(id, 100 + seq))
    return Promise.all([commit(one, batch), commit(two, other)])
  })
  const outcomes = (await Promise.all(rounds)).flat(2)
  expect(new Set(outcomes)).toEqual(new Set(['stored']))
  for (const id of ids) expect((await ledger.row(id)).chunkCount).toBe(30)
})

test('I2: generations stay unique when two connections store side by side', async () => {
  const id = await ledger.recording()
  for (const i of numbers(10)) {
    const works = [
      () => commit(one, [newChunk(id, i * 4), newChunk(id, i * 4 + 1)]),
      () => commit(two, [newChunk(id, i * 4 + 2), newChunk(id, i * 4 + 3)]),
    ]
    await ledger.meet(id, works)
  }
  const generations = (await ledger.chunkRows(id)).map((row) => row.generation)
  expect(new Set(generations).size).toBe(40)
  expect((await ledger.row(id)).generation).toBe(Math.max(...generations))
})

test('a batch that is rolled back leaves no trace', async () => {
  const id = await ledger.recording()
  // No column can hold that take: the database refuses the whole batch.
  const broken = newChunk(id, 1, { take: 2 ** 31 })
  await expect(commit(one, [newChunk(id, 0), broken])).rejects.toThrow()
  expect(await ledger.chunkRows(id)).toEqual([])
  expect(await ledger.row(id)).toMatchObject({ chunkCount: 0, generation: 0, bytes: 0 })
})

test('the last chunk and the FINISH at once: whoever comes second completes the recording', async () => {
  for (const _ of numbers(5)) {
    const id = await ledger.recording()
    await commit(one, [newChunk(id, 0)])
    const finish = { takes: [{ take: 0, chunks: 2 }], reason: 'user' as const }
    const chunk = async () => {
      const { recordings } = await commitChunks(one.db, [newChunk(id, 1)], 1e9)
      return recordings.some((done) => done.complete)
    }
    const stop = async () => {
      const outcome = await commitFinish(two.db, id, finish)
      return outcome.outcome === 'committed' && outcome.complete
    }
    expect((await ledger.meet(id, [chunk, stop])).filter(Boolean)).toHaveLength(1)
    expect((await ledger.row(id)).complete).toBe(true)
  }
})

test('chunks and a sweep at once never deadlock, and the chunk wins', async () => {
  const ids = await Promise.all(numbers(8).map(() => ledger.recording()))
  for (const id of ids) await ledger.store(id, [0])
  for (const id of ids) await ledger.ageAll(id, 60_000)
  const batch = ids.map((id) => newChunk(id, 1))
  await Promise.all([commit(one, batch), claimDue(two.db, TIMING, 100)])
  for (const id of ids) expect((await ledger.row(id)).status).toBe('recording')
})
