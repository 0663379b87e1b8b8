// Something that runs our code and can die or stop: an instance of the server, or a page of a browser. What it reaches
// beyond its own memory is what it was given.
import type { Device } from '../browser/device.ts'
import type { FileSystem } from '../disk/file-system.ts'
import type { Database } from '../ledger/database.ts'
import type { Network } from '../network/network.ts'
import { type Task, world } from './scheduler.ts'

export type Surroundings = {
  readonly files?: FileSystem
  readonly database?: Database
  readonly device?: Device
  readonly network: Network
}

export class Process {
  readonly name: string
  readonly surroundings: Surroundings
  /** How far its clock of the day is off; its monotonic clock never is. */
  clockSkewMs = 0
  /** `window`, `document` and the like of a page. */
  readonly events = new EventTarget()
  readonly #bornAt = world().now
  #isAlive = true
  /** Since it was stopped; null = it runs. */
  #stoppedTasks: (() => void)[] | null = null
  readonly #timers = new Map<number, Task>()
  readonly #onDeath: (() => void)[] = []
  #timerId = 0

  constructor(name: string, surroundings: Surroundings) {
    this.name = name
    this.surroundings = surroundings
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get isStopped(): boolean {
    return this.#stoppedTasks !== null
  }

  /** Milliseconds since it was born, of a clock that never goes back. */
  get age(): number {
    return world().now - this.#bornAt
  }

  /** Whether the task runs now; one of a stopped process is kept until it goes on. */
  mayRun(run: () => void): boolean {
    if (!this.#isAlive) return false
    if (!this.#stoppedTasks) return true
    this.#stoppedTasks.push(run)
    return false
  }

  /** SIGKILL: from one moment to the next nothing of it runs any more. */
  kill(): void {
    if (!this.#isAlive) return
    this.#isAlive = false
    this.#stoppedTasks = null
    this.#timers.clear()
    for (const told of this.#onDeath.splice(0)) told()
  }

  /** Whatever outlives it hears of its death: the kernel's end of a connection, a lock of the browser. */
  onDeath(told: () => void): void {
    this.#onDeath.push(told)
  }

  /** SIGSTOP: everything that should happen to it waits. */
  stop(): void {
    if (this.#isAlive) this.#stoppedTasks ??= []
  }

  /** SIGCONT. */
  goOn(): void {
    const waiting = this.#stoppedTasks ?? []
    this.#stoppedTasks = null
    for (const run of waiting) world().after(0, run, this)
  }

  setTimer(run: () => void, delayMs: number): number {
    this.#timerId += 1
    const id = this.#timerId
    const due = () => {
      // One that fell due while the process was stopped may have been cleared since.
      if (this.#timers.delete(id)) run()
    }
    this.#timers.set(id, world().after(Math.max(delayMs, 0.01), due, this))
    return id
  }

  clearTimer(id: number): void {
    const task = this.#timers.get(id)
    if (task) task.isCancelled = true
    this.#timers.delete(id)
  }

  /** Resolves with what `work` gives, a while later; never when the process is dead by then. */
  later<T>(delayMs: number, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      }
      world().after(delayMs, run, this)
    })
  }
}
