// Whose segments may be looked at: those of processes that are fenced dead, or will be before anything is changed (R10).
import type { KnownInstance } from '@holdfast/db'
import { incarnationOf } from '../store/recording-folder.ts'

export class Writers {
  readonly #alive: ReadonlySet<string>
  readonly #settled: ReadonlySet<string>
  readonly #isEachNew: boolean

  /** @param isEachNew looks at every dead writer's segments again, also those that were looked through before */
  constructor(instances: readonly KnownInstance[], isEachNew: boolean) {
    const named = (is: (one: KnownInstance) => boolean) =>
      new Set(instances.filter(is).map(({ incarnation }) => incarnation))
    this.#alive = named(({ state }) => state === 'alive')
    this.#settled = named(({ isReconciled }) => isReconciled)
    this.#isEachNew = isEachNew
  }

  /** Processes make themselves known before they write: who is not known is none, or one of a ledger that was lost. */
  isAlive(key: string): boolean {
    const incarnation = incarnationOf(key)
    return incarnation !== null && this.#alive.has(incarnation)
  }

  /** Dead, and not looked through yet. */
  isDue(key: string): boolean {
    const incarnation = incarnationOf(key)
    if (incarnation === null || this.#alive.has(incarnation)) return false
    return this.#isEachNew || !this.#settled.has(incarnation)
  }
}
