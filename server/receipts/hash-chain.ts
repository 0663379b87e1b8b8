// The hash chain of a receipt: each link is made from the one before it and the exact bytes of an entry, so that the last one
// stands for all of them, in their order. Byte for byte in docs/api.md.
import { createHash } from 'node:crypto'
import { CHAIN_DOMAIN } from '@holdfast/protocol'

export class HashChain {
  #link: Uint8Array

  constructor(recordingId: string) {
    this.#link = createHash('sha256').update(CHAIN_DOMAIN).update(recordingId).digest()
  }

  /** The newest link, in hex. */
  get head(): string {
    return Buffer.from(this.#link).toString('hex')
  }

  /** @param entry its canonical JSON */
  add(entry: string): string {
    this.#link = createHash('sha256').update(this.#link).update(entry).digest()
    return this.head
  }

  /** Goes on behind a link that was told, as if all in front of it were right. */
  resume(link: string): void {
    this.#link = Buffer.from(link, 'hex')
  }
}
