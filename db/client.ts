// Connections to the ledger. The only place that knows the driver.
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { prepareStatements } from './prepared-statements.ts'
import * as schema from './schema.ts'

/** The ledger's database, or a transaction on it. */
export type Db = Pick<
  PostgresJsDatabase<typeof schema>,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute' | 'transaction'
>

/** What `postgres.js` needs: a URL, or a unix socket folder with its port. */
export type Connection =
  | { url: string }
  | { host: string; port: number; user: string; database: string; password?: string }

export type DatabaseClient = {
  readonly db: Db
  /** The driver itself: LISTEN and server settings only. */
  readonly sql: postgres.Sql
  /** Waits for running statements, at most 5 s. */
  close(): Promise<void>
}

type ClientOptions = {
  /** Connections at most. @default 10 */
  max?: number
  /** Gets Postgres notices. @default dropped */
  onNotice?: (message: string) => void
}

/**
 * Opens a pool; connects at the first statement. Statements that outlive 30 s are cancelled by the
 * server, so that no row lock is held for ever by a client that is gone.
 */
export function connectDatabase(to: Connection, options: ClientOptions = {}): DatabaseClient {
  const settings: postgres.Options<Record<string, never>> = {
    max: options.max ?? 10,
    connect_timeout: 10,
    // Only arrays need the list of all types, and none is ever sent or read.
    fetch_types: false,
    // Retry quickly: every client waits behind a reconnect after the database came back.
    backoff: (attempt) => Math.min(1, 0.05 * 2 ** attempt),
    onnotice: (notice) => options.onNotice?.(String(notice.message)),
    connection: {
      application_name: 'holdfast',
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 30_000,
    },
  }
  const sql = prepareStatements(openDriver(to, settings))
  return { db: drizzle(sql, { schema }), sql, close: () => sql.end({ timeout: 5 }) }
}

/**
 * The driver on a URL or a socket folder. libpq's form for a unix socket, `postgresql:///db?host=/folder`, is
 * unknown to postgres.js and taken apart here.
 */
export function openDriver(to: Connection, settings: postgres.Options<Record<string, never>>) {
  if (!('url' in to)) return postgres({ ...settings, ...to })
  // An empty host is libpq's way to say "a socket"; WHATWG URLs do not know it.
  const text = to.url.replace(/^(\w+:\/\/(?:[^/?#]*@)?)(?=\/)/, '$1localhost')
  const { searchParams, pathname, username, password, port } = new URL(text)
  const host = searchParams.get('host')
  if (!host?.startsWith('/')) return postgres(to.url, settings)
  return postgres({
    ...settings,
    host,
    port: Number(searchParams.get('port') ?? (port || 5432)),
    database: decodeURIComponent(pathname.slice(1)),
    prepare: searchParams.get('prepare') !== 'false',
    ...(username && { user: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  })
}
