// What a receipt says of a recording, and the one way to write it down, so that whoever makes one and whoever checks one
// hash the same bytes (docs/api.md, Receipts).
import type { Gap } from './messages.ts'

/** Number of the form; another one is not read. */
export const RECEIPT_FORM = 1
/** What the first link of a chain is made from, in front of the recording's id. */
export const CHAIN_DOMAIN = 'holdfast receipt 1\n'
/** Beginning of the file and, behind the last entry, of its statement and signature. */
export const RECEIPT_OPENING = `{"holdfastReceipt":${RECEIPT_FORM},"entries":[`

type ChunkFacts = {
  take: number
  seq: number
  bytes: number
  /** Hex. */
  sha256: string
  /** Database clock, ISO 8601. */
  receivedAt: string
}

/** One line of a receipt. They go by take, then by number. */
export type ReceiptEntry =
  /** Stored, and part of the recording. */
  | (ChunkFacts & { what: 'received'; transport: string })
  /** It was stored, and its bytes were found not to match: missing. */
  | (ChunkFacts & { what: 'damaged'; transport: string })
  /** Other bytes under the number of the entry before it: refused, no part of the recording. */
  | (ChunkFacts & { what: 'refused' })
  /** Chunks `seq` to `toSeq` never came, though later ones did or the stop declared them. */
  | { what: 'never_came'; take: number; seq: number; toSeq: number }

export type ReceiptTally = { received: number; bytes: number; damaged: number; neverCame: number }

export type ReceiptStatement = {
  form: typeof RECEIPT_FORM
  recording: string
  status: string
  reason: string | null
  version: number
  generation: number
  createdAt: string
  lastChunkAt: string | null
  finishedAt: string | null
  finishReason: string | null
  /** Over all takes. `refused` counts also what is not listed any more. */
  chunks: ReceiptTally & { refused: number }
  takes: (ReceiptTally & {
    take: number
    mimeType: string | null
    startedAt: string | null
    /** The header that its recorder sent apart from the chunks. */
    init: { bytes: number; sha256: string } | null
    /** What the stop declared; null = no stop stands. */
    declared: number | null
    /** What is expected: declared, or proved by a stored number. */
    total: number
  })[]
  /** The newest version; null before the first. `etag` is computed from its header and the digests of its chunks. */
  media: {
    version: number
    status: string
    generation: number
    container: string | null
    bytes: number
    durationMs: number | null
    etag: string
    gaps: Gap[]
  } | null
  chain: { entries: number; head: string }
}

/**
 * JSON in the one form of RFC 8785: names sorted, no white space. Exact for what receipts hold: objects with plain ASCII
 * names, arrays, text, safe integers, booleans and null.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one)}`).join(',')}}`
}
