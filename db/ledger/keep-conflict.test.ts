import { LIMITS } from '@holdfast/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newChunk, TestLedger } from '../../test/support/ledger.ts'
import { deleteRecording } from './delete-recording.ts'
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
  expect(await keep(id, 'a', 'conflict-a')).toBe('kept')
  expect(await ledger.row(id)).toMatchObject({ bytes: 200, conflictCount: 1, chunkCount: 1 })
  expect(await keep(id, 'b', null)).toBe('kept')
  expect(await ledger.row(id)).toMatchObject({ bytes: 200, conflictCount: 2 })
  expect(await countConflictCopies(ledger.db, id)).toBe(1)
})

test('I11: the same conflict again counts once', async () => {
  const id = await ledger.recording()
  await keep(id, 'a', 'conflict-a')
  expect(await keep(id, 'a', 'conflict-a')).toBe('known')
  expect(await ledger.row(id)).toMatchObject({ bytes: 100, conflictCount: 1 })
})

test('a conflict is no new chunk: the generation does not move', async () => {
  const id = await ledger.recording()
  await ledger.store(id, [0])
  await keep(id, 'a', 'conflict-a')
  expect((await ledger.row(id)).generation).toBe(1)
})

test('beyond the first thousand conflicts are counted and not remembered', async () => {
  const id = await ledger.recording()
  await ledger.sql`
    insert into conflicts (recording_id, take, seq, sha256, bytes)
    select ${id}, 0, n, sha256(n::text::bytea), 1 from generate_series(1, ${LIMITS.maxConflictDigests - 1}) n`
  expect(await keep(id, 'a', null)).toBe('kept')
  expect(await keep(id, 'b', null)).toBe('counted')
  expect(await keep(id, 'c', null)).toBe('counted')
  expect(await keep(id, 'a', null)).toBe('known')
  const [rows] = await ledger.sql`
    select count(*)::int as count from conflicts where recording_id = ${id}`
  expect(rows?.count).toBe(LIMITS.maxConflictDigests)
  expect(await ledger.row(id)).toMatchObject({ conflictCount: 3, bytes: 0 })
})

test('of a deleted recording nothing is kept', async () => {
  const id = await ledger.recording()
  await deleteRecording(ledger.db, id, 1000)
  expect(await keep(id, 'a', 'conflict-a')).toBe('deleted')
  expect(await ledger.row(id)).toMatchObject({ conflictCount: 0, bytes: 0 })
})
