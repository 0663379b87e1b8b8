import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newChunk, TestLedger } from '../../test/support/ledger.ts'
import { touchRecordings } from './touch-recordings.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

const silentMs = async (id: string) => Date.now() - (await ledger.row(id)).lastSeenAt.getTime()

test('signs of life of many recordings move their last_seen and nothing else', async () => {
  const ids = [await ledger.recording(), await ledger.recording()]
  const other = await ledger.recording()
  for (const id of [...ids, other]) await ledger.age(id, 60_000, 'last_seen_at')
  const before = await ledger.row(ids[0] ?? '')
  await touchRecordings(ledger.db, [...ids, randomUUID()])
  for (const id of ids) expect(await silentMs(id)).toBeLessThan(30_000)
  expect(await silentMs(other)).toBeGreaterThan(50_000)
  const after = await ledger.row(ids[0] ?? '')
  expect({ ...after, lastSeenAt: before.lastSeenAt }).toEqual(before)
})

test('a deleted recording shows no sign of life', async () => {
  const id = await ledger.recording()
  await ledger.age(id, 60_000, 'last_seen_at')
  await ledger.sql`update recordings set deleted_at = now() where id = ${id}`
  await touchRecordings(ledger.db, [id])
  expect(await silentMs(id)).toBeGreaterThan(50_000)
})

test('more recordings than a statement has parameters are touched at once', async () => {
  const id = await ledger.recording()
  await ledger.age(id, 60_000, 'last_seen_at')
  const others = Array.from({ length: 70_000 }, () => randomUUID())
  await touchRecordings(ledger.db, [...others, id])
  expect(await silentMs(id)).toBeLessThan(30_000)
})

test('none at all is no statement', async () => {
  await expect(touchRecordings(ledger.db, [])).resolves.toBeUndefined()
})

test('signs of life and chunks of the same recordings at once never deadlock', async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, () => ledger.recording()))
  const work = Array.from({ length: 12 }, (_, seq) => [
    touchRecordings(ledger.db, ids.toReversed()),
    ledger.commit(...ids.map((id) => newChunk(id, seq))),
  ])
  await expect(Promise.all(work.flat())).resolves.toBeDefined()
})
