// Connections to the ledger on which nothing waits for ever: Postgres bounds what it does (statement_timeout, 30 s),
// this bounds what we wait for when packets vanish and no connection tells. What was cut off has an unknown
// outcome: whoever asked must not take it as done (R7).
import { drizzle } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { BoundedLine, type Statements } from './bounded-line.ts'
import { type Connection, connectDatabase, type DatabaseClient } from './client.ts'
import { awayError } from './connection-lost.ts'
import * as schema from './schema.ts'

export type BoundedOptions = {
  /** Connections at most. @default 10 */
  max?: number
  /** Gets Postgres notices. @default dropped */
  onNotice?: (message: string) => void
  /**
   * A statement or transaction that takes longer is given up and its connection dropped. Longer than the
   * server's own limit: a database that answers ends it first. @default 40,000
   */
  deadlineMs?: number
  /** How long a statement waits for a connection. @default 10,000, as long as connecting may take */
  waitMs?: number
}

const DEADLINE_MS = 40_000
const WAIT_MS = 10_000

/**
 * A pool as `connectDatabase` opens it, whose statements through `db` end in bounded time: with
 * `deadlineMs` + `waitMs` at the latest they reject with an error that `isDatabaseAway` knows. `sql` is a
 * driver beside it, for LISTEN.
 */
export function connectBounded(to: Connection, options: BoundedOptions = {}): DatabaseClient {
  const { onNotice } = options
  const open = () => connectDatabase(to, { max: 1, ...(onNotice && { onNotice }) })
  const pool = new BoundedPool(open, options)
  const listening = open()
  return {
    db: drizzle(pool as unknown as postgres.Sql, { schema }),
    sql: listening.sql,
    close: async () => {
      await Promise.all([pool.close(), listening.close()])
    },
  }
}

type Waiter = { resolve: (line: BoundedLine) => void; reject: (error: Error) => void }

/** The part of a driver that drizzle works with. */
class BoundedPool {
  /** drizzle writes here which values it reads itself; each line has its own. */
  readonly options = { parsers: {}, serializers: {} }
  readonly #lines: BoundedLine[]
  /** The one used last comes first: a quiet server needs one connection. */
  readonly #free: BoundedLine[]
  readonly #waiting = new Set<Waiter>()
  readonly #waitMs: number
  #isClosed = false

  constructor(open: () => DatabaseClient, options: BoundedOptions) {
    const { max = 10, deadlineMs = DEADLINE_MS, waitMs = WAIT_MS } = options
    this.#lines = Array.from({ length: max }, () => new BoundedLine(open, deadlineMs))
    this.#free = [...this.#lines]
    this.#waitMs = waitMs
  }

  unsafe: Statements['unsafe'] = (...statement) => {
    let asValues = false
    // Begun a moment later, as the driver itself does: `values` is said behind it.
    const rows = Promise.resolve().then(() =>
      this.#use((line) =>
        line.statement((driver) => {
          const query = driver.unsafe(...statement)
          return asValues ? query.values() : query
        }),
      ),
    )
    const values = () => {
      asValues = true
      return rows
    }
    return Object.assign(rows, { values })
  }

  begin<T>(run: (driver: Statements) => Promise<T>): Promise<T> {
    return this.#use((line) => line.transaction(run))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter)
      waiter.reject(closed())
    }
    await Promise.all(this.#lines.map((line) => line.close()))
  }

  async #use<T>(work: (line: BoundedLine) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw closed()
    const line = this.#free.pop() ?? (await this.#wait())
    try {
      return await work(line)
    } finally {
      this.#release(line)
    }
  }

  #release(line: BoundedLine): void {
    const [next] = this.#waiting
    if (!next) {
      this.#free.push(line)
      return
    }
    this.#waiting.delete(next)
    next.resolve(line)
  }

  async #wait(): Promise<BoundedLine> {
    const { promise, resolve, reject } = Promise.withResolvers<BoundedLine>()
    const waiter = { resolve, reject }
    this.#waiting.add(waiter)
    const timer = setTimeout(() => {
      // Here and not later: a line that is given to one who left would be lost.
      this.#waiting.delete(waiter)
      reject(awayError('ETIMEDOUT', `No connection became free within ${this.#waitMs} ms.`))
    }, this.#waitMs)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }
}

const closed = () => awayError('CONNECTION_ENDED', 'The connections to the database are closed.')
