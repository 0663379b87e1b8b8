// A receipt file, line by line: a long one is never held in memory. One that a tool has laid out anew is taken too, as what
// is hashed and signed has only one form; it is read whole.
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import {
  canonicalJson,
  RECEIPT_FORM,
  RECEIPT_OPENING,
  type ReceiptEntry,
  type ReceiptStatement,
} from '@holdfast/protocol'
import * as v from 'valibot'

/** The file is no receipt, or not all of one. Its message says where. */
export class UnreadableReceipt extends Error {}

export type ReceiptLine = {
  entry: ReceiptEntry
  /** The exact bytes that its link is made from. */
  text: string
  link: string
}

export type Signed = {
  statement: ReceiptStatement
  /** The exact bytes that are signed. */
  text: string
  signature: string
}

type Lines = AsyncGenerator<ReceiptLine, Signed, undefined>

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const facts = { take: count, seq: count, bytes: count, sha256: hex, receivedAt: v.string() }
const Entry = v.variant('what', [
  v.strictObject({ what: v.picklist(['received', 'damaged']), ...facts, transport: v.string() }),
  v.strictObject({ what: v.literal('refused'), ...facts }),
  v.strictObject({ what: v.literal('never_came'), take: count, seq: count, toSeq: count }),
])
const tally = { received: count, bytes: count, damaged: count, neverCame: count }
/** As far as it is compared with something; the rest is told by whoever signed it. */
const Statement = v.looseObject({
  form: v.literal(RECEIPT_FORM),
  recording: v.string(),
  status: v.string(),
  version: count,
  chunks: v.object(tally),
  takes: v.array(v.looseObject({ take: count, total: count, ...tally })),
  chain: v.object({ entries: count, head: hex }),
})
const End = v.object({ statement: Statement, signature: v.string() })
const Line = v.strictObject({ entry: Entry, link: hex })
const Whole = v.object({
  holdfastReceipt: v.literal(RECEIPT_FORM),
  entries: v.array(v.unknown()),
})

/** Yields the entries and returns what is signed. @throws UnreadableReceipt */
export async function* readReceipt(path: string): Lines {
  const input = createReadStream(path)
  const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]()
  try {
    const first = await lines.next()
    if (first.value === RECEIPT_OPENING) return yield* readLines(lines)
  } finally {
    await lines.return?.()
    input.destroy()
  }
  return yield* readWhole(await readFile(path, 'utf8'))
}

async function* readLines(lines: AsyncIterator<string>): Lines {
  let number = 1
  const next = async () => {
    number += 1
    const { value, done } = await lines.next()
    if (done) throw new UnreadableReceipt(`it ends in front of line ${number}`)
    return String(value)
  }
  for (let text = await next(); text !== '],'; text = await next()) {
    yield toLine(parsed(text.replace(/,$/, ''), `line ${number}`), `line ${number}`)
  }
  const end = `{${await next()}${await next()}`
  if (!(await lines.next()).done) throw new UnreadableReceipt(`something follows line ${number}`)
  return toSigned(parsed(end, `line ${number}`))
}

async function* readWhole(text: string): Lines {
  const value = parsed(text, 'it')
  const whole = v.safeParse(Whole, value)
  if (!whole.success) throw new UnreadableReceipt('it is no receipt of a form that is known here')
  for (const [n, one] of whole.output.entries.entries()) yield toLine(one, `entry ${n + 1}`)
  return toSigned(value)
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UnreadableReceipt(`${place} is not JSON`, { cause })
  }
}

function toLine(value: unknown, place: string): ReceiptLine {
  const line = v.safeParse(Line, value)
  if (!line.success) throw new UnreadableReceipt(`${place} is no entry: ${line.issues[0].message}`)
  const { entry, link } = line.output
  return { entry, link, text: canonicalJson(entry) }
}

function toSigned(value: unknown): Signed {
  const end = v.safeParse(End, value)
  if (!end.success) {
    throw new UnreadableReceipt(`its statement is incomplete: ${end.issues[0].message}`)
  }
  // As it was read, not as it was checked: what is not looked at is signed too.
  const { statement, signature } = value as { statement: ReceiptStatement; signature: string }
  return { statement, text: canonicalJson(statement), signature }
}

/** What is signed, which stands at the end. @throws UnreadableReceipt */
export async function readSigned(path: string): Promise<Signed> {
  const lines = readReceipt(path)
  for (;;) {
    const { done, value } = await lines.next()
    if (done) return value
  }
}
