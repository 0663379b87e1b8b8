// A receipt, checked without any server: who signed it, whether its list is the one that was signed, and where the bytes are
// at hand, whether they are the ones it tells of.
import type { ReceiptEntry, ReceiptStatement } from '@holdfast/protocol'
import type { BytesAtHand } from './bytes-at-hand.ts'
import { checkSignature } from './check-signature.ts'
import { EntryCheck } from './entry-check.ts'
import type { TrustedKeys } from './public-keys.ts'
import { readReceipt, readSigned, UnreadableReceipt } from './read-receipt.ts'

export type ReceiptReport = {
  isGood: boolean
  /** What was found, a sentence each. */
  told: string[]
  /** What is wrong, and where. */
  faults: string[]
}

export type ReceiptQuestion = {
  path: string
  /** null = whoever signed it. */
  keys: TrustedKeys | null
  /** The recording that it must be of; null = any. */
  recordingId: string | null
  bytesOf: ((recordingId: string) => Promise<BytesAtHand>) | null
}

/** Faults that are told one by one; a list that was replaced has one at every line. */
const MAX_FAULTS = 20

export async function checkReceipt(question: ReceiptQuestion): Promise<ReceiptReport> {
  try {
    const { told, faults } = await check(question)
    const more = faults.length - MAX_FAULTS
    const shown = more > 0 ? [...faults.slice(0, MAX_FAULTS), `and ${more} more`] : faults
    return { isGood: faults.length === 0, told, faults: shown }
  } catch (error) {
    if (!(error instanceof UnreadableReceipt)) throw error
    return { isGood: false, told: [], faults: [`${question.path}: ${error.message}`] }
  }
}

type Findings = { told: string[]; faults: string[] }

async function check({ path, keys, recordingId, bytesOf }: ReceiptQuestion): Promise<Findings> {
  const signed = await readSigned(path)
  const { statement } = signed
  const told = [describe(statement)]
  const faults: string[] = []
  if (recordingId !== null && statement.recording !== recordingId) {
    faults.push(`the receipt is of another recording, ${statement.recording}`)
  }
  const signature = await checkSignature(signed, keys)
  if (signature.kind === 'bad') faults.push(signature.why)
  else {
    const { keyId, isTrusted } = signature
    told.push(`signed with key ${keyId}${isTrusted ? '' : ', which you have to know: see --key'}`)
  }
  const bytes = bytesOf && (await bytesOf(statement.recording))
  const entries = await checkEntries(path, statement, bytes)
  faults.push(...entries)
  if (bytes) told.push(`${bytes.compared} of ${statement.chunks.received} chunks compared`)
  return { told, faults }
}

async function checkEntries(
  path: string,
  statement: ReceiptStatement,
  bytes: BytesAtHand | null,
): Promise<string[]> {
  const entries = new EntryCheck(statement)
  const faults: string[] = []
  for await (const line of readReceipt(path)) {
    entries.add(line)
    const fault = isReceived(line.entry) ? bytes?.compare(line.entry) : null
    if (fault) faults.push(fault)
  }
  entries.end()
  return [...entries.faults, ...faults, ...(bytes?.rest() ?? [])]
}

const isReceived = (entry: ReceiptEntry) => entry.what === 'received'

function describe({ recording, status, version, chunks }: ReceiptStatement): string {
  const { received, bytes, damaged, neverCame } = chunks
  const missing = damaged + neverCame
  return `recording ${recording}, ${status}, version ${version}: ${received} chunks, ${bytes} bytes, ${missing} missing`
}
