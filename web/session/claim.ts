// Owns the hold of a page on the recording that it makes, from before its first row is written: whoever drains
// takes what is stored and not owned for what a crash left behind.
import { whileMaking } from './ownership.ts'

export class Claim {
  /** Resolves when this page owns the recording; whoever owned it before is waited for. */
  readonly owned: Promise<void>
  readonly #released = Promise.withResolvers<void>()

  constructor(id: string) {
    const owned = Promise.withResolvers<void>()
    this.owned = owned.promise
    const hold = async (): Promise<void> => {
      owned.resolve()
      await this.#released.promise
    }
    // Where locks are refused (a sandboxed frame) nobody else can hold them either.
    void whileMaking(id, hold).catch(hold)
  }

  /** Nothing more is captured or sent here. */
  release(): void {
    this.#released.resolve()
  }
}
