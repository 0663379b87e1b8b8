// The bus over the ledger's own database: LISTEN and NOTIFY. Enough for a few instances; each NOTIFY takes a lock that
// all commits of the database server with one share, so many commits share one.
import { type DatabaseClient, listenToInstances, notifyInstances } from '@holdfast/db'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Bus } from './bus.ts'
import { Coalesced } from './coalesced.ts'

export type PostgresBusOptions = {
  client: DatabaseClient
  /** Tells this instance from the others. */
  name: string
  log: Log
  metrics: Metrics
}

export class PostgresBus implements Bus {
  /** Where the database is away there is nothing to read either. */
  readonly isAway = false
  readonly #options: PostgresBusOptions
  readonly #telling: Coalesced
  #wake: () => void = () => undefined
  #stopListening: (() => Promise<void>) | null = null
  #isClosed = false

  constructor(options: PostgresBusOptions) {
    this.#options = options
    this.#telling = new Coalesced(() => this.#tell())
  }

  async listen(wake: () => void): Promise<void> {
    const { client, name, metrics } = this.#options
    this.#wake = wake
    this.#stopListening = await listenToInstances(client, {
      onTold: (sender) => {
        if (sender === name || this.#isClosed) return
        metrics.busHeard.inc()
        this.#wake()
      },
      onListening: () => this.#wake(),
    })
  }

  publish(): void {
    if (this.#isClosed) return
    this.#wake()
    this.#telling.ask()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#wake = () => undefined
    await this.#telling.settled()
    // A database that is gone cannot be told any more.
    await this.#stopListening?.().catch(() => undefined)
  }

  async #tell(): Promise<void> {
    const { client, name, log, metrics } = this.#options
    try {
      await notifyInstances(client.db, name)
      metrics.busSent.inc()
    } catch (error) {
      log.debug({ error }, 'the other instances could not be told, they find out by themselves')
    }
  }
}
