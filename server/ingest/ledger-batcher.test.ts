import type { Db } from '@holdfast/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newChunk, TestLedger } from '../../test/support/ledger.ts'
import { LedgerBatcher } from './ledger-batcher.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

/** The ledger, and how many transactions went through it. */
function counted(): { db: Db; transactions: () => number } {
  let count = 0
  const db = new Proxy(ledger.db, {
    get(target, name) {
      if (name === 'transaction') count += 1
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { db, transactions: () => count }
}

const batcherOn = (db: Db, onComplete: (id: string) => void = () => undefined) =>
  new LedgerBatcher({ db, maxRecordingBytes: 1e9, onComplete })

test('R5: chunks that come while one commits share the next commits, at most 64 in one', async () => {
  const id = await ledger.recording()
  const { db, transactions } = counted()
  const batcher = batcherOn(db)
  const work = Array.from({ length: 130 }, (_, seq) => batcher.add(newChunk(id, seq)))
  expect(new Set(await Promise.all(work))).toEqual(new Set(['stored']))
  expect(transactions()).toBe(4)
  expect(await ledger.chunkRows(id)).toHaveLength(130)
})

test('each chunk hears its own outcome', async () => {
  const id = await ledger.recording()
  await ledger.store(id, [1])
  const batcher = batcherOn(ledger.db)
  const work = [
    batcher.add(newChunk(id, 0)),
    batcher.add(newChunk(id, 1)),
    batcher.add(newChunk(id, 1, { body: 'other' })),
    batcher.add(newChunk(id, 0, { take: 5 })),
  ]
  expect(await Promise.all(work)).toEqual(['stored', 'duplicate', 'conflict', 'take_unknown'])
})

test('a row that the database refuses does not take the others of its batch along', async () => {
  const id = await ledger.recording()
  const batcher = batcherOn(ledger.db)
  const first = batcher.add(newChunk(id, 0))
  const work = [1, 2, 3].map((seq) =>
    batcher.add(newChunk(id, seq, seq === 2 ? { take: 2 ** 31 } : {})),
  )
  const outcomes = await Promise.allSettled([first, ...work])
  expect(outcomes.map((one) => one.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect((await ledger.chunkRows(id)).map((row) => row.seq)).toEqual([0, 1, 3])
})

test('R7: nothing is acked when the outcome of the COMMIT is unknown, and the next batch goes on', async () => {
  const id = await ledger.recording()
  let isGone = true
  const db = new Proxy(ledger.db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'transaction' || !isGone) return value.bind(target)
      // The database commits, and the connection is lost before it can say so.
      return async (work: Parameters<Db['transaction']>[0]) => {
        await target.transaction(work)
        throw new Error('connection lost')
      }
    },
  })
  const batcher = batcherOn(db)
  await expect(batcher.add(newChunk(id, 0))).rejects.toThrow('connection lost')
  isGone = false
  expect(await batcher.add(newChunk(id, 0))).toBe('duplicate')
})

test('a recording that a chunk completes is said to be due, once stopped', async () => {
  const id = await ledger.recording()
  const completed: string[] = []
  const batcher = batcherOn(ledger.db, (done) => completed.push(done))
  await batcher.add(newChunk(id, 0))
  await ledger.finish(id, [3])
  await batcher.add(newChunk(id, 2))
  expect(completed).toEqual([])
  await batcher.add(newChunk(id, 1))
  expect(completed).toEqual([id])
})
