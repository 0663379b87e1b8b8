// The machines of one run: servers, their database and their disk, and the way to look into the ledger.
import { join } from 'node:path'
import { type Connection, connectDatabase, type DatabaseClient } from '@holdfast/db'
import { startEmbeddedPostgres } from '@holdfast/db/embedded'
import type { ChunkStore } from '../../server/store/chunk-store.ts'
import type { ServerOptions, ServerProcess } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { urlOf } from '../support/wire-bed.ts'
import type { Ground } from './ground.ts'

type Sql = DatabaseClient['sql']

export const GRACE_MS = 4000
export const LEASE_MS = 3000

export const ENV = {
  HOLDFAST_GRACE_MS: String(GRACE_MS),
  HOLDFAST_SWEEP_MS: '200',
  HOLDFAST_LEASE_MS: String(LEASE_MS),
  HOLDFAST_JOBS: '0',
}

export interface Site {
  readonly servers: readonly ServerProcess[]
  /** Where the recorders go: a server, or what stands in front of several. */
  readonly url: string
  /** Folder of the media bytes. */
  readonly storeDir: string
  /** Opens the media bytes, as another process would, where they do not lie in a folder. */
  readonly openStore?: () => Promise<ChunkStore>
  /** Looks into the ledger. The embedded one ends with its server: that is stopped first. */
  withLedger<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /**
   * Rows that there were when the counters of the servers that run now began; null when that is not known, as when
   * one of several began anew.
   */
  readonly rowsBefore: number | null
  /** Starts a server that ended, on its old port and data. */
  revive(server: ServerProcess): Promise<void>
}

/** The first server of a site that has one. */
export function onlyServer({ servers: [server] }: Site): ServerProcess {
  if (!server) throw new Error('this site has no server')
  return server
}

/** One server with its embedded database, as `npm start` runs it: whatever kills one takes the other along. */
export async function embeddedSite(ground: Ground, options: ServerOptions = {}): Promise<Site> {
  const server = await ground.startServer({ ...options, env: { ...ENV, ...options.env } })
  return {
    servers: [server],
    url: server.url,
    storeDir: join(server.dataDir, 'store'),
    rowsBefore: null,
    revive: (one) => one.start(),
    withLedger: async (work) => {
      await server.kill('SIGTERM')
      const database = await startEmbeddedPostgres({ dataDir: join(server.dataDir, 'postgres') })
      try {
        return await look(database.connection, work)
      } finally {
        await database.stop()
      }
    },
  }
}

type SharedOptions = ServerOptions & {
  /** Servers on one database and one store. @default 1 */
  instances?: number
  /** @default a clone of the run's */
  database?: Connection
}

/** Servers whose database lives on. */
export async function sharedSite(ground: Ground, options: SharedOptions = {}): Promise<Site> {
  const { instances = 1, database, ...rest } = options
  const connection = database ?? (await ground.createDatabase()).connection
  const env = { ...ENV, ...rest.env, DATABASE_URL: urlOf(connection) }
  const first = await ground.startServer({ ...rest, env })
  const servers = [first]
  for (let i = 1; i < instances; i++) {
    servers.push(await ground.startServer({ ...rest, dataDir: first.dataDir, env }))
  }
  return new SharedSite(servers, connection)
}

class SharedSite implements Site {
  readonly servers: readonly ServerProcess[]
  readonly #connection: Connection
  rowsBefore: number | null = 0

  constructor(servers: readonly ServerProcess[], connection: Connection) {
    this.servers = servers
    this.#connection = connection
  }

  get url(): string {
    return onlyServer(this).url
  }

  get storeDir(): string {
    return join(onlyServer(this).dataDir, 'store')
  }

  withLedger<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return look(this.#connection, work)
  }

  async revive(server: ServerProcess): Promise<void> {
    const isAlone = this.servers.length === 1
    this.rowsBefore = isAlone ? await this.withLedger(countRowsAtRest) : null
    await server.start()
  }
}

/** A killed server's last COMMIT may still be running in the database. */
async function countRowsAtRest(sql: Sql): Promise<number> {
  await waitFor('the killed server’s connections to end', async () => {
    const [row] = await sql`
      select count(*)::int as n from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`
    return row?.n === 0
  })
  const [row] = await sql`select count(*)::int as chunks from chunks`
  return Number(row?.chunks)
}

export async function look<T>(connection: Connection, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = connectDatabase(connection, { max: 2 })
  try {
    return await work(client.sql)
  } finally {
    await client.close()
  }
}
