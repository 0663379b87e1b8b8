import { afterAll, beforeAll, expect, test } from 'vitest'
import { newChunk, TestLedger } from '../../test/support/ledger.ts'
import { findChunk } from './find-chunk.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

test('a chunk is found by its number and its bytes together', async () => {
  const id = await ledger.recording()
  const stored = newChunk(id, 3)
  await ledger.commit(stored)
  expect(await findChunk(ledger.db, stored)).toBe('same')
  expect(await findChunk(ledger.db, newChunk(id, 3, { body: 'other' }))).toBe('other')
  expect(await findChunk(ledger.db, newChunk(id, 4))).toBe('absent')
  expect(await findChunk(ledger.db, newChunk(id, 3, { take: 1 }))).toBe('absent')
})

test('rule 2: a damaged chunk counts as missing', async () => {
  const id = await ledger.recording()
  await ledger.store(id, [0])
  await ledger.sql`update chunks set damaged_at = now() where recording_id = ${id}`
  expect(await findChunk(ledger.db, newChunk(id, 0))).toBe('damaged')
})
