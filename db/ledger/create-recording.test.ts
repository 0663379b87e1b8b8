import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestLedger, TOKEN_HASH } from '../../test/support/ledger.ts'
import { createRecording } from './create-recording.ts'
import { openRecording } from './open-recording.ts'
import { readStatus } from './read-status.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

const create = (id: string, tokenHash = TOKEN_HASH) =>
  createRecording(ledger.db, { id, tokenHash, title: 'first' })

test('I11: the same id with the same token is the same recording', async () => {
  const id = randomUUID()
  expect(await create(id)).toBe('created')
  expect(await create(id)).toBe('exists')
  expect(await readStatus(ledger.db, id)).toMatchObject({ status: 'recording', version: 0 })
})

test('a new recording is told once to those who watch', async () => {
  const id = randomUUID()
  await create(id)
  await create(id)
  expect(await ledger.eventNames(id)).toEqual(['status:recording'])
})

test('I12: the same id with another token is taken, and nothing changes', async () => {
  const id = randomUUID()
  await create(id)
  const before = await ledger.row(id)
  expect(await create(id, randomBytes(32))).toBe('taken')
  expect(await ledger.row(id)).toEqual(before)
})

test('a deleted id is not used again; only its own token hears that it was deleted', async () => {
  const id = randomUUID()
  await create(id)
  await ledger.sql`update recordings set deleted_at = now() where id = ${id}`
  expect(await create(id)).toBe('deleted')
  expect(await create(id, randomBytes(32))).toBe('taken')
})

test('one id from many at once is one recording', async () => {
  const id = randomUUID()
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => create(id)))
  expect(outcomes.filter((one) => one === 'created')).toHaveLength(1)
  expect(outcomes.filter((one) => one === 'exists')).toHaveLength(4)
})

test('an unknown id opens nothing', async () => {
  expect(await openRecording(ledger.db, randomUUID())).toBeNull()
  expect(await readStatus(ledger.db, randomUUID())).toBeNull()
})

test('an opened recording comes with its takes in order and what they hold', async () => {
  const id = await ledger.recording([2, 0])
  await ledger.store(id, [0, 4], 2)
  const opened = await openRecording(ledger.db, id)
  expect(opened?.takes.map(({ take, chunkCount, maxSeq }) => [take, chunkCount, maxSeq])).toEqual([
    [0, 0, -1],
    [2, 2, 4],
  ])
})
