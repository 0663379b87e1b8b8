// Whose segments may be looked at: those of processes that are fenced dead, or will be before anything is changed (R10).
import type { KnownInstance } from '@holdfast/db'
import { incarnationOf } from '../store/recording-folder.ts'

type Look = {
  /** Looks at the segments of all who are not alive, known or not, looked at before or not. */
  readonly isThorough: boolean
  /** Changes something: then whoever is silent and was not fenced may be writing. */
  readonly isApplying: boolean
}

export class Writers {
  readonly #alive: ReadonlySet<string>
  /** Died since somebody looked the last time. */
  readonly #fresh: ReadonlySet<string>
  readonly #isThorough: boolean

  constructor(instances: readonly KnownInstance[], { isThorough, isApplying }: Look) {
    const isAlive = ({ state }: KnownInstance) =>
      state === 'alive' || (isApplying && state === 'silent')
    const named = (is: (one: KnownInstance) => boolean) =>
      new Set(instances.filter(is).map(({ incarnation }) => incarnation))
    this.#alive = named(isAlive)
    this.#fresh = named((one) => !isAlive(one) && !one.isReconciled)
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
