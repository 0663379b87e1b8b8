// The lines of a receipt, in their order: every chunk that is stored, beside it what was refused under its number, and
// between them what never came. Holds one row at a time, however long the recording is.
import type { ReceiptChunk, ReceiptState, RefusedChunk } from '@holdfast/db'
import { type ReceiptEntry, type ReceiptTally, toHex } from '@holdfast/protocol'

export type TakeTally = ReceiptTally & { take: number; total: number }

type Source = Pick<ReceiptState, 'takes' | 'refused'> & {
  /** By take and seq, of these takes only. */
  chunks: AsyncIterator<ReceiptChunk, void>
}

export class ReceiptEntries {
  /** Of the takes that were read to their end. */
  readonly tallies: TakeTally[] = []
  readonly #source: Source
  readonly #refused: Map<string, RefusedChunk[]>

  constructor(source: Source) {
    this.#source = source
    this.#refused = Map.groupBy(source.refused, ({ take, seq }) => `${take}/${seq}`)
  }

  async *read(): AsyncGenerator<ReceiptEntry, void, undefined> {
    const { chunks, takes } = this.#source
    let row = await chunks.next()
    for (const { take, declared } of takes) {
      const tally = { take, received: 0, bytes: 0, damaged: 0, neverCame: 0 }
      let expected = 0
      for (; !row.done && row.value.take === take; row = await chunks.next()) {
        const { seq } = row.value
        if (seq > expected) yield neverCame(tally, { seq: expected, toSeq: seq - 1 })
        yield stored(tally, row.value)
        yield* this.#refused.get(`${take}/${seq}`)?.map(refused) ?? []
        expected = seq + 1
      }
      const total = Math.max(expected, declared ?? 0)
      if (total > expected) yield neverCame(tally, { seq: expected, toSeq: total - 1 })
      this.tallies.push({ ...tally, total })
    }
    // A receipt that leaves a chunk out must not be signed.
    if (!row.done) throw new Error(`take ${row.value.take} has chunks and is not known`)
  }
}

function stored(
  tally: ReceiptTally,
  { take, seq, bytes, sha256, receivedAt, transport, damagedAt }: ReceiptChunk,
): ReceiptEntry {
  if (damagedAt) tally.damaged += 1
  else {
    tally.received += 1
    tally.bytes += bytes
  }
  return {
    what: damagedAt ? 'damaged' : 'received',
    ...{ take, seq, bytes, transport },
    sha256: toHex(sha256),
    receivedAt: receivedAt.toISOString(),
  }
}

function neverCame(tally: TallyOf, { seq, toSeq }: { seq: number; toSeq: number }): ReceiptEntry {
  tally.neverCame += toSeq - seq + 1
  return { what: 'never_came', take: tally.take, seq, toSeq }
}

type TallyOf = ReceiptTally & { take: number }

function refused({ take, seq, bytes, sha256, at }: RefusedChunk): ReceiptEntry {
  return {
    what: 'refused',
    ...{ take, seq, bytes },
    sha256: toHex(sha256),
    receivedAt: at.toISOString(),
  }
}
