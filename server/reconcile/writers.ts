// Whose segments may be looked at: those of processes that are fenced dead, or will be before anything is changed (R10).
import type { KnownInstance } from '@holdfast/db'
import { incarnationOf } from '../store/recording-folder.ts'

export class Writers {
  readonly #alive: ReadonlySet<string>
  /** Died since somebody looked the last time. */
  readonly #fresh: ReadonlySet<string>
  readonly #isThorough: boolean

  /** @param isThorough looks at the segments of all who are not alive, known or not, looked at before or not */
  constructor(instances: readonly KnownInstance[], isThorough: boolean) {
    const named = (is: (one: KnownInstance) => boolean) =>
      new Set(instances.filter(is).map(({ incarnation }) => incarnation))
    this.#alive = named(({ state }) => state === 'alive')
    this.#fresh = named(({ state, isReconciled }) => state !== 'alive' && !isReconciled)
    this.#isThorough = isThorough
  }

  /** The dead who were not looked at yet. */
  get fresh(): readonly string[] {
    return [...this.#fresh]
  }

  /** Processes make themselves known before they write: who is not known is none, or one of a ledger that was lost. */
  isAlive(key: string): boolean {
    const incarnation = incarnationOf(key)
    return incarnation !== null && this.#alive.has(incarnation)
  }

  /** Whether what this key names is to be read now. */
  isDue(key: string): boolean {
    const incarnation = incarnationOf(key)
    if (incarnation === null || this.#alive.has(incarnation)) return false
    return this.#isThorough || this.#fresh.has(incarnation)
  }
}
