import { afterAll, beforeAll, expect, test } from 'vitest'
import { newChunk, TestLedger } from '../../test/support/ledger.ts'
import { countConflictCopies, keepConflict } from './keep-conflict.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

function keep(id: string, body: string, object: string | null) {
  const { recordingId, take, seq, sha256, bytes } = newChunk(id, 0, { body })
  return keepConflict(ledger.db, { recordingId, take, seq, sha256, bytes, object })
}

test('rule 2: a copy that is kept counts towards the recording’s bytes, a digest does not', async () => {
  const id = await ledger.recording()
  await ledger.store(id, [0])
  expect(await keep(id, 'a', 'conflict-a')).toBe(true)
  expect(await ledger.row(id)).toMatchObject({ bytes: 200, conflictCount: 1, chunkCount: 1 })
  expect(await keep(id, 'b', null)).toBe(true)
  expect(await ledger.row(id)).toMatchObject({ bytes: 200, conflictCount: 2 })
  expect(await countConflictCopies(ledger.db, id)).toBe(1)
})

test('I11: the same conflict again counts once', async () => {
  const id = await ledger.recording()
  await keep(id, 'a', 'conflict-a')
  expect(await keep(id, 'a', 'conflict-a')).toBe(false)
  expect(await ledger.row(id)).toMatchObject({ bytes: 100, conflictCount: 1 })
})

test('a conflict is no new chunk: the generation does not move', async () => {
  const id = await ledger.recording()
  await ledger.store(id, [0])
  await keep(id, 'a', 'conflict-a')
  expect((await ledger.row(id)).generation).toBe(1)
})
