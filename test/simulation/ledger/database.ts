// The database server of a simulated world: transactions run at one moment on its own clock. Between it and whoever asks
// lies a line that can break before a transaction, or after its COMMIT and before anybody heard of it (R7).
import type { Process } from '../engine/process.ts'
import { currentProcess, EPOCH, world } from '../engine/scheduler.ts'
import { Tables } from './tables.ts'

export type Committed = {
  readonly name: string
  readonly given: readonly unknown[]
  readonly result: unknown
  /** Who asked. */
  readonly process: Process
}

export type LineTrouble = {
  /** Share of statements whose connection breaks on the way there. */
  lostBefore: number
  /** And after COMMIT, on the way back. */
  lostAfter: number
}

/** As the driver says that the database is away. */
const awayError = (): Error =>
  Object.assign(new Error('the connection is gone'), { code: 'CONNECTION_CLOSED' })

export class Database {
  readonly tables: Tables
  readonly trouble: LineTrouble = { lostBefore: 0, lostAfter: 0 }
  /** Told of each transaction that committed, at that moment. */
  onCommit: (committed: Committed) => void = () => undefined
  /** How far its clock is off. */
  clockSkewMs = 0
  #isUp = true
  /** Raised by each end of the server: answers under way are lost with it. */
  #lives = 0

  constructor() {
    this.tables = new Tables(() => EPOCH + world().now + this.clockSkewMs)
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** `pg_ctl -m immediate`, or its machine's power: what was committed stays. */
  end(): void {
    this.#isUp = false
    this.#lives += 1
  }

  begin(): void {
    this.#isUp = true
  }

  /** One transaction, from the process whose code runs. */
  async call<T>(name: string, given: readonly unknown[], work: (tables: Tables) => T): Promise<T> {
    const process = currentProcess()
    const { random } = world()
    return await new Promise<T>((resolve, reject) => {
      const fail = (error: unknown) => world().after(0.1, () => reject(error), process)
      const reach = () => {
        if (!this.#isUp || random.chance(this.trouble.lostBefore)) return fail(awayError())
        const lives = this.#lives
        try {
          const result = work(this.tables)
          this.onCommit({ name, given, result, process })
          const answer = () => {
            if (this.#lives !== lives || random.chance(this.trouble.lostAfter)) reject(awayError())
            else resolve(result)
          }
          world().after(random.between(0.1, 1), answer, process)
        } catch (error) {
          fail(error)
        }
      }
      world().after(random.between(0.2, 3), reach)
    })
  }
}
