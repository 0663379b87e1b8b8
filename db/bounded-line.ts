// One connection to the ledger that can be given up. postgres.js can neither drop a single connection nor bear
// that one breaks inside a transaction: it goes on writing to it, which throws where nobody can catch it.
// So each connection is a driver of its own here, and a driver that lost its connection is never used again.
import type postgres from 'postgres'
import type { DatabaseClient } from './client.ts'
import { awayError, isDatabaseAway } from './connection-lost.ts'

type Query = PromiseLike<readonly unknown[]> & { values(): PromiseLike<readonly unknown[]> }

/** What drizzle uses of a driver. */
export type Statements = {
  unsafe(...statement: Parameters<postgres.Sql['unsafe']>): Query
}

const never = new Promise<never>(() => undefined)

/** A driver and its one connection, while that lives. */
type Driver = { readonly client: DatabaseClient; isLost: boolean; onLost: () => void }

type Work<T> = (driver: Driver, giveUp: (error: unknown) => void) => PromiseLike<T>

export class BoundedLine {
  readonly #open: () => DatabaseClient
  readonly #deadlineMs: number
  #driver: Driver | null = null

  constructor(open: () => DatabaseClient, deadlineMs: number) {
    this.#open = open
    this.#deadlineMs = deadlineMs
  }

  /** Rejects at the deadline at the latest; the connection is dropped then. One call at a time. */
  async statement<T>(run: (driver: Statements) => PromiseLike<T>): Promise<T> {
    return await this.#bounded(({ client }) => run(client.sql))
  }

  /** As `statement`, for all of a transaction. No ROLLBACK is sent on a lost connection: its end is one. */
  async transaction<T>(run: (driver: Statements) => Promise<T>): Promise<T> {
    return await this.#bounded(async (driver, giveUp) => {
      const transacted = driver.client.sql.begin(async (scope) => {
        try {
          const result = await run(guarded(scope, driver))
          // The driver would write COMMIT to a connection that is gone.
          return driver.isLost ? await never : result
        } catch (error) {
          if (!driver.isLost && !isDatabaseAway(error)) throw error
          giveUp(error)
          return await never
        }
      })
      return (await transacted) as T
    })
  }

  /** Waits for what runs, at most 5 s. */
  async close(): Promise<void> {
    await this.#driver?.client.close()
  }

  async #bounded<T>(work: Work<T>): Promise<T> {
    this.#driver ??= this.#connect()
    const driver = this.#driver
    const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>()
    // A moment later: the driver mostly knows better why.
    driver.onLost = () => setImmediate(giveUp, connectionLost())
    const timer = setTimeout(() => giveUp(this.#silence()), this.#deadlineMs)
    try {
      return await Promise.race([work(driver, giveUp), givenUp])
    } catch (error) {
      if (isDatabaseAway(error)) this.#drop(driver)
      throw error
    } finally {
      clearTimeout(timer)
      driver.onLost = () => undefined
    }
  }

  #connect(): Driver {
    const driver: Driver = { client: this.#open(), isLost: false, onLost: () => undefined }
    const onclose = () => {
      driver.isLost = true
      driver.onLost()
      this.#drop(driver)
    }
    Object.assign(driver.client.sql.options, { onclose })
    return driver
  }

  #silence(): Error {
    const message = `The database did not answer within ${this.#deadlineMs} ms; the outcome is unknown.`
    return awayError('ETIMEDOUT', message)
  }

  /** Whatever still waits for it is refused; the next statement opens another connection. */
  #drop(driver: Driver): void {
    if (this.#driver === driver) this.#driver = null
    // Not awaited: a peer that is silent does not confirm the end either.
    driver.client.sql.end({ timeout: 0 }).catch(() => undefined)
  }
}

const connectionLost = () => awayError('CONNECTION_CLOSED', 'The connection is lost.')

/** The statements of a transaction; refused once its connection is gone. Savepoints: nobody needs them. */
function guarded(scope: Statements, driver: Driver): Statements {
  const unsafe: Statements['unsafe'] = (...statement) =>
    driver.isLost ? refusedQuery() : scope.unsafe(...statement)
  return { unsafe }
}

function refusedQuery() {
  const refused = Promise.reject(connectionLost())
  return Object.assign(refused, { values: () => refused })
}
