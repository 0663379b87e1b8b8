// What happens to a recording while its receipt is being written and read, which may take minutes.
import { deleteRecording, readReceiptState } from '@holdfast/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { writeReceipt } from './write-receipt.ts'

/** More than one page of rows, and more text than one piece of the body. */
const CHUNKS = 700

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

async function begin() {
  const id = await ledger.recording()
  await ledger.store(id, [...Array(CHUNKS).keys()])
  const state = await readReceiptState(ledger.db, id)
  if (!state) throw new Error('no recording')
  const signed: string[] = []
  const sign = async (statement: string) => {
    signed.push(statement)
    return 'signature'
  }
  const pieces = writeReceipt({ db: ledger.db, sign }, state)
  const { value } = await pieces.next()
  if (!value) throw new Error('no piece')
  return { id, pieces, signed, text: new TextDecoder().decode(value) }
}

test('a chunk that comes meanwhile is of the next receipt', async () => {
  const { id, pieces, text: first } = await begin()
  await ledger.store(id, [CHUNKS])
  let text = first
  for await (const piece of pieces) text += new TextDecoder().decode(piece)
  const { entries, statement } = JSON.parse(text) as {
    entries: unknown[]
    statement: { chunks: { received: number } }
  }
  expect(entries.length).toBe(CHUNKS)
  expect(statement.chunks.received).toBe(CHUNKS)
})

test('nothing is signed of a recording that is deleted meanwhile: its rows may be going', async () => {
  const { id, pieces, signed } = await begin()
  await deleteRecording(ledger.db, id, 30_000)
  await ledger.sql`delete from chunks where recording_id = ${id}`
  const rest = async () => {
    for await (const _ of pieces);
  }
  await expect(rest()).rejects.toMatchObject({ code: 'recording_deleted' })
  expect(signed).toEqual([])
})
