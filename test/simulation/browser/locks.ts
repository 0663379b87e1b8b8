// Web Locks of one device: a lock is held until its work has ended or its page is dead, so a crash frees it.

import type { Process } from '../engine/process.ts'
import { currentProcess, world } from '../engine/scheduler.ts'

type Mode = 'exclusive' | 'shared'
type Work = (lock: { name: string } | null) => unknown
type Options = { mode?: Mode; ifAvailable?: boolean; signal?: AbortSignal }
type Claim = {
  readonly name: string
  readonly mode: Mode
  readonly process: Process
  grant: () => void
}

export class Locks {
  readonly #held = new Set<Claim>()
  #waiting: Claim[] = []

  async request(name: string, ...given: [Work] | [Options, Work]): Promise<unknown> {
    const [options, work] = given.length === 1 ? [{}, given[0]] : given
    const { mode = 'exclusive', ifAvailable = false, signal } = options
    const process = currentProcess()
    const claim: Claim = { name, mode, process, grant: () => undefined }
    if (ifAvailable && !this.#isFree(claim)) return await work(null)
    await this.#wait(claim, signal)
    try {
      return await work({ name })
    } finally {
      this.#release(claim)
    }
  }

  query(): Promise<{ held: { name: string }[] }> {
    return Promise.resolve({ held: [...this.#held].map(({ name }) => ({ name })) })
  }

  #wait(claim: Claim, signal: AbortSignal | undefined): Promise<void> {
    const { process } = claim
    process.onDeath(() => this.#release(claim))
    return new Promise((resolve, reject) => {
      claim.grant = () => world().after(0.05, resolve, process)
      const giveUp = () => {
        this.#waiting = this.#waiting.filter((one) => one !== claim)
        reject(new DOMException('Given up.', 'AbortError'))
      }
      signal?.addEventListener('abort', giveUp)
      this.#waiting.push(claim)
      this.#grantNext()
    })
  }

  #isFree({ name, mode }: Claim): boolean {
    const others = [...this.#held].filter((one) => one.name === name)
    return others.every((one) => mode === 'shared' && one.mode === 'shared')
  }

  #release(claim: Claim): void {
    this.#held.delete(claim)
    this.#waiting = this.#waiting.filter((one) => one !== claim)
    this.#grantNext()
  }

  #grantNext(): void {
    for (const claim of [...this.#waiting]) {
      if (!this.#isFree(claim)) continue
      this.#waiting = this.#waiting.filter((one) => one !== claim)
      this.#held.add(claim)
      claim.grant()
    }
  }
}
