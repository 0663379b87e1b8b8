// A real server process for the contract tests, on a database that the test may look into. What a test says
// to the server it says over the wire; it reads the ledger only to prove what is, or is not, stored. With
// HOLDFAST_TEST_INSTANCES=3 it is three of them behind a proxy, and the same tests hold.
import { type Connection, connectDatabase, type DatabaseClient } from '@holdfast/db'
import { Fleet, type FleetOptions } from './fleet.ts'
import { createTestDatabase, type TestDatabase } from './postgres.ts'
import { HAS_FLEET, type Runtime, type ServerProcess, startServer } from './server.ts'
import type { Loaded } from './webtransport-library.ts'
import { type Made, WireHttp, WireSocket } from './wire-client.ts'
import type { WireConnection } from './wire-connection.ts'
import { WireStream } from './wire-stream.ts'

/** Short enough to wait for, long enough that a busy machine's client is heard inside it. */
export const GRACE_MS = 1500
const TIMING = { HOLDFAST_GRACE_MS: String(GRACE_MS), HOLDFAST_SWEEP_MS: '200' }

type Running = { server: ServerProcess; fleet: Fleet | null; over?: Loaded | null }

export class WireBed {
  /** The only one, or the first of several. */
  readonly server: ServerProcess
  readonly fleet: Fleet | null
  readonly #database: TestDatabase
  readonly #client: DatabaseClient
  /** What clients connect with instead of a WebSocket. */
  readonly #over: Loaded | null

  private constructor({ server, fleet, over = null }: Running, database: TestDatabase) {
    this.#over = over
    this.server = server
    this.fleet = fleet
    this.#database = database
    this.#client = connectDatabase(database.connection, { max: 2 })
  }

  static async start(
    runtime: Runtime,
    env: Record<string, string> = {},
    over: Loaded | null = null,
  ): Promise<WireBed> {
    if (HAS_FLEET) return await WireBed.startFleet({ env })
    const database = await createTestDatabase()
    const switched = over && { HOLDFAST_WEBTRANSPORT: 'on', ...over.env }
    const all = { ...TIMING, DATABASE_URL: urlOf(database.connection), ...switched, ...env }
    const server = await startServer({ runtime, env: all })
    return new WireBed({ server, fleet: null, over }, database)
  }

  /** Three instances behind a proxy, whatever the environment says. */
  static async startFleet(options: Omit<FleetOptions, 'databaseUrl'> = {}): Promise<WireBed> {
    const database = await createTestDatabase()
    const databaseUrl = urlOf(database.connection)
    const fleet = await Fleet.start({ ...options, databaseUrl, env: { ...TIMING, ...options.env } })
    return new WireBed({ server: fleet.at(0), fleet }, database)
  }

  /** Where clients go: the server, or the proxy in front of several. */
  get url(): string {
    return this.fleet?.url ?? this.server.url
  }

  /** For another server beside this one. */
  get databaseUrl(): string {
    return urlOf(this.#database.connection)
  }

  get http(): WireHttp {
    return new WireHttp(this.url)
  }

  /** The ledger, for what the wire does not tell. */
  get sql(): DatabaseClient['sql'] {
    return this.#client.sql
  }

  /** Another instance on the same database and the same store. End it before the bed. */
  startBeside(runtime: Runtime, env: Record<string, string> = {}): Promise<ServerProcess> {
    const { dataDir } = this.server
    return startServer({ runtime, dataDir, env: { DATABASE_URL: this.databaseUrl, ...env } })
  }

  open(id: string): Promise<WireConnection> {
    if (this.#over) return WireStream.connect(this.#over.library, this.url)
    return WireSocket.open(this.url, id)
  }

  /** Opened and welcomed. */
  greet(made: Made): Promise<WireConnection> {
    if (this.#over) return WireStream.greet(this.#over.library, this.url, made)
    return WireSocket.greet(this.url, made)
  }

  /** The chunks of a recording in the ledger as `take/seq`, in order. */
  async stored({ id }: Pick<Made, 'id'>): Promise<string[]> {
    const rows = await this.sql`
      select take, seq from chunks where recording_id = ${id} order by take, seq`
    return rows.map((row) => `${row.take}/${row.seq}`)
  }

  async stop(): Promise<void> {
    await (this.fleet ?? this.server).stop()
    await this.#client.close()
    await this.#database.drop()
  }
}

/** libpq's form for a unix socket, or the URL that was given. */
export function urlOf(connection: Connection): string {
  if ('url' in connection) return connection.url
  const { host, port, user, database } = connection
  const query = new URLSearchParams({ host, port: String(port) })
  return `postgresql://${user}@localhost/${database}?${query}`
}
