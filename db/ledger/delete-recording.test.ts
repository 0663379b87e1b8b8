import { afterAll, beforeAll, expect, it } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { deleteRecording, restoreRecording } from './delete-recording.ts'

const UNDO_MS = 30_000
let ledger: TestLedger

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

const eventsOf = async (id: string) => {
  const rows = await ledger.sql`select type from events where recording_id = ${id} order by id`
  return rows.map(({ type }) => String(type))
}

it('deletes once however often it is asked, and says the same each time', async () => {
  const id = await ledger.recording()
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => deleteRecording(ledger.db, id, UNDO_MS)),
  )
  expect(answers.filter((one) => one?.isNew)).toHaveLength(1)
  expect(new Set(answers.map((one) => one?.deletedAt.getTime())).size).toBe(1)
  expect(await eventsOf(id)).toEqual(['status', 'deleted'])
})

it('fences whoever is finalizing', async () => {
  const id = await ledger.recording()
  await ledger.sql`
    update recordings set status = 'finalizing', lease_epoch = 7,
      lease_until = now() + interval '1 hour' where id = ${id}`
  await deleteRecording(ledger.db, id, UNDO_MS)
  const row = await ledger.row(id)
  expect(row).toMatchObject({ status: 'recording', leaseEpoch: 8, leaseUntil: null })
})

it('is undone within its time only, and tells so', async () => {
  const id = await ledger.recording()
  expect(await restoreRecording(ledger.db, id, UNDO_MS)).toBe('live')
  await deleteRecording(ledger.db, id, UNDO_MS)
  expect(await restoreRecording(ledger.db, id, UNDO_MS)).toBe('restored')
  expect((await ledger.row(id)).deletedAt).toBeNull()
  expect(await eventsOf(id)).toEqual(['status', 'deleted', 'status'])
  await deleteRecording(ledger.db, id, UNDO_MS)
  await ledger.sql`
    update recordings set deleted_at = now() - interval '31 seconds' where id = ${id}`
  expect(await restoreRecording(ledger.db, id, UNDO_MS)).toBe('expired')
})

it('knows nothing of a recording that is not there', async () => {
  const id = '00000000-0000-7000-8000-000000000000'
  expect(await deleteRecording(ledger.db, id, UNDO_MS)).toBeNull()
  expect(await restoreRecording(ledger.db, id, UNDO_MS)).toBe('unknown')
})
