// A receipt as it goes out: an entry a line, written while the ledger is read, then the statement and its signature. The
// memory it needs is one page of rows, whatever the recording.
import { type Db, findRecording, type ReceiptState, readReceiptChunks } from '@holdfast/db'
import { canonicalJson, HoldfastError, RECEIPT_OPENING } from '@holdfast/protocol'
import { HashChain } from './hash-chain.ts'
import { ReceiptEntries } from './receipt-entries.ts'
import { makeStatement } from './statement.ts'

const PIECE_CHARS = 64 * 1024

type Source = { db: Db; sign: (statement: string) => Promise<string> }

/** @throws HoldfastError `recording_deleted` when it was deleted meanwhile: its rows may be going */
export async function* writeReceipt(
  { db, sign }: Source,
  state: ReceiptState,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const encoder = new TextEncoder()
  const { id, generation } = state.row
  const chunks = readReceiptChunks(db, { recordingId: id, generation })
  const entries = new ReceiptEntries({ ...state, chunks })
  const chain = new HashChain(id)
  let count = 0
  let text = RECEIPT_OPENING
  for await (const entry of entries.read()) {
    const line = canonicalJson(entry)
    text += `${count === 0 ? '' : ','}\n{"entry":${line},"link":"${chain.add(line)}"}`
    count += 1
    if (text.length < PIECE_CHARS) continue
    yield encoder.encode(text)
    text = ''
  }
  if ((await findRecording(db, id))?.deletedAt) throw new HoldfastError('recording_deleted')
  const told = { tallies: entries.tallies, chain: { entries: count, head: chain.head } }
  const statement = canonicalJson(makeStatement(state, told))
  yield encoder.encode(
    `${text}\n],\n"statement":${statement},\n"signature":"${await sign(statement)}"}\n`,
  )
}
