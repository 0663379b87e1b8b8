// The list of a receipt against its chain and its statement: every link, the order, that no number is passed over, and the
// sums. Says of each fault at which entry it is.
import type { ReceiptEntry, ReceiptStatement, ReceiptTally } from '@holdfast/protocol'
import { HashChain } from '../../../server/receipts/hash-chain.ts'
import type { ReceiptLine } from './read-receipt.ts'

const COUNTED = ['received', 'bytes', 'damaged', 'neverCame'] as const

export class EntryCheck {
  readonly faults: string[] = []
  readonly #statement: ReceiptStatement
  readonly #chain: HashChain
  readonly #tallies = new Map<number, ReceiptTally>()
  #count = 0
  /** Where the list stands: the take, and the number that is to come. */
  #take = -1
  #nextSeq = 0

  constructor(statement: ReceiptStatement) {
    this.#statement = statement
    this.#chain = new HashChain(statement.recording)
  }

  add({ entry, text, link }: ReceiptLine): void {
    this.#count += 1
    const place = `entry ${this.#count} (${placeOf(entry)})`
    if (this.#chain.add(text) !== link) {
      const before = this.#count === 1 ? 'from the recording’s id' : 'from the entry before it'
      this.faults.push(
        `${place} does not follow ${before}: it was changed, or one in front of it was changed, removed, added or moved`,
      )
      // What follows is judged by itself, so that each fault is told once.
      this.#chain.resume(link)
    }
    this.#follow(entry, place)
    this.#tally(entry)
  }

  /** When the last entry was added. */
  end(): void {
    const { chain, takes } = this.#statement
    if (chain.entries !== this.#count) {
      this.faults.push(`${chain.entries} entries were signed, ${this.#count} are here`)
    }
    if (chain.head !== this.#chain.head) {
      this.faults.push('the last entry is not the one that was signed: the list was changed')
    }
    for (const { take, ...told } of takes) {
      this.#compare(`take ${take}`, told, this.#tallies.get(take) ?? nothing())
      this.#tallies.delete(take)
    }
    for (const take of this.#tallies.keys()) this.faults.push(`take ${take} was not signed`)
  }

  #follow(entry: ReceiptEntry, place: string): void {
    const { take, seq, what } = entry
    if (take > this.#take) {
      this.#take = take
      this.#nextSeq = 0
    }
    if (what === 'refused') {
      const isBeside = take === this.#take && seq === this.#nextSeq - 1
      if (!isBeside) this.faults.push(`${place} stands beside no chunk of its number`)
      return
    }
    if (take < this.#take || seq < this.#nextSeq) {
      this.faults.push(`${place} is out of order`)
      return
    }
    if (seq > this.#nextSeq) {
      const passed = range(this.#nextSeq, seq - 1)
      this.faults.push(`take ${take}, ${passed}: neither received nor told to be missing`)
    }
    this.#nextSeq = (what === 'never_came' ? entry.toSeq : seq) + 1
  }

  #tally(entry: ReceiptEntry): void {
    const tally = this.#tallies.get(entry.take) ?? nothing()
    this.#tallies.set(entry.take, tally)
    if (entry.what === 'never_came') tally.neverCame += entry.toSeq - entry.seq + 1
    if (entry.what === 'damaged') tally.damaged += 1
    if (entry.what !== 'received') return
    tally.received += 1
    tally.bytes += entry.bytes
  }

  #compare(of: string, told: ReceiptTally, found: ReceiptTally): void {
    for (const name of COUNTED) {
      if (told[name] === found[name]) continue
      this.faults.push(`${of}: ${name} is ${told[name]} as it was signed, ${found[name]} here`)
    }
  }
}

const nothing = (): ReceiptTally => ({ received: 0, bytes: 0, damaged: 0, neverCame: 0 })

const range = (from: number, to: number): string =>
  from === to ? `chunk ${from}` : `chunks ${from} to ${to}`

export function placeOf(entry: ReceiptEntry): string {
  return `take ${entry.take}, ${range(entry.seq, entry.what === 'never_came' ? entry.toSeq : entry.seq)}`
}
