// A server that is killed and started again while recorders send to it, and the way to its ledger afterwards.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, connectDatabase, type DatabaseClient } from '@holdfast/db'
import { startEmbeddedPostgres } from '@holdfast/db/embedded'
import { createTestDatabase } from './postgres.ts'
import { type Runtime, type ServerProcess, startServer } from './server.ts'
import { urlOf } from './wire-bed.ts'

type Sql = DatabaseClient['sql']

export type KilledSite = {
  readonly server: ServerProcess
  /** Folder of the media bytes. */
  readonly storeDir: string
  /** Looks into the ledger. The embedded one ends with its server: that is stopped first. */
  withLedger<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  end(): Promise<void>
}

const ENV = { HOLDFAST_GRACE_MS: '4000', HOLDFAST_SWEEP_MS: '200', HOLDFAST_LEASE_MS: '3000' }

/** With the embedded database: whatever kills the server takes the database along. */
export async function embeddedSite(runtime: Runtime): Promise<KilledSite> {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-killed-'))
  const server = await startServer({ runtime, dataDir, env: ENV })
  return {
    server,
    storeDir: join(dataDir, 'store'),
    withLedger: async (work) => {
      await server.kill('SIGTERM')
      const database = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') })
      try {
        return await look(database.connection, work)
      } finally {
        await database.stop()
      }
    },
    end: async () => {
      await server.kill()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** With a database of its own, which lives on. */
export async function externalSite(runtime: Runtime): Promise<KilledSite> {
  const database = await createTestDatabase()
  const env = { ...ENV, DATABASE_URL: urlOf(database.connection) }
  const server = await startServer({ runtime, env })
  return {
    server,
    storeDir: join(server.dataDir, 'store'),
    withLedger: (work) => look(database.connection, work),
    end: async () => {
      await server.stop()
      await database.drop()
    },
  }
}

async function look<T>(connection: Connection, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = connectDatabase(connection, { max: 2 })
  try {
    return await work(client.sql)
  } finally {
    await client.close()
  }
}
