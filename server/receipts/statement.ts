// The part of a receipt that is signed: the recording as its ledger has it, and the head of the chain over its entries. It
// tells nothing that may differ between two instances or two askings of the same state: the same state, the same bytes.
import { createHash } from 'node:crypto'
import type { ReceiptState, ReceiptTake } from '@holdfast/db'
import { RECEIPT_FORM, type ReceiptStatement, type ReceiptTally, toHex } from '@holdfast/protocol'
import type { TakeTally } from './receipt-entries.ts'

type Told = { tallies: readonly TakeTally[]; chain: ReceiptStatement['chain'] }

export function makeStatement(
  { row, takes, version }: ReceiptState,
  { tallies, chain }: Told,
): ReceiptStatement {
  return {
    form: RECEIPT_FORM,
    recording: row.id,
    status: row.status,
    reason: row.reason,
    version: row.version,
    generation: row.generation,
    createdAt: row.createdAt.toISOString(),
    lastChunkAt: iso(row.lastChunkAt),
    finishedAt: iso(row.finishedAt),
    finishReason: row.finishReason,
    chunks: { ...sum(tallies), refused: row.conflictCount },
    takes: takes.flatMap((take, n) => {
      const tally = tallies[n]
      return tally ? [{ ...takeFacts(take), ...tally }] : []
    }),
    media: version && mediaFacts(version),
    chain,
  }
}

function sum(tallies: readonly TakeTally[]): ReceiptTally {
  const all = { received: 0, bytes: 0, damaged: 0, neverCame: 0 }
  for (const { received, bytes, damaged, neverCame } of tallies) {
    all.received += received
    all.bytes += bytes
    all.damaged += damaged
    all.neverCame += neverCame
  }
  return all
}

function takeFacts({ mimeType, startedAt, init, declared }: ReceiptTake) {
  return {
    ...{ mimeType, declared },
    startedAt: iso(startedAt),
    init: init && {
      bytes: init.length,
      sha256: toHex(createHash('sha256').update(init).digest()),
    },
  }
}

function mediaFacts(row: NonNullable<ReceiptState['version']>): ReceiptStatement['media'] {
  const { version, status, generation, container, bytes, durationMs, etag, gaps } = row
  return { version, status, generation, container, bytes, durationMs, etag, gaps }
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null
