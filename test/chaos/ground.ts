// Where one run of a fault happens: a folder, databases and servers that end with it, whatever happened. Undoing is
// said at the moment of doing, and done in the reverse order.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Break, makeDataFolder, type ServerOptions, ServerProcess } from '../support/server.ts'
import { cloneDatabase, type TestDatabase } from '../support/test-database.ts'

/** How a self-test takes away what protects: lines of the product, or what its processes are preloaded with. */
export type Sabotage = { breaks?: readonly Break[]; env?: Record<string, string> }

export type GroundOptions = {
  /** The socket of the run's database server. */
  broker: string
  random: () => number
  /** For a self-test only. */
  sabotage?: Sabotage
}

export class Ground {
  /** Short enough for the sockets of a database. */
  readonly folder: string
  readonly random: () => number
  readonly #options: GroundOptions
  readonly #undo: (() => unknown)[] = []

  private constructor(folder: string, options: GroundOptions) {
    this.folder = folder
    this.random = options.random
    this.#options = options
    this.onEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  }

  static async open(options: GroundOptions): Promise<Ground> {
    return new Ground(await mkdtemp(join(tmpdir(), 'holdfast-chaos-')), options)
  }

  /** Is run at the end, before all that was said earlier. */
  onEnd(undo: () => unknown): void {
    this.#undo.push(undo)
  }

  async createDatabase(): Promise<TestDatabase> {
    const database = await cloneDatabase(this.#options.broker)
    this.onEnd(() => database.drop())
    return database
  }

  /** Started; killed at the end. Its data folder is inside this ground's folder unless it is given. */
  async startServer(options: ServerOptions): Promise<ServerProcess> {
    const { breaks = [], env = {} } = this.#options.sabotage ?? {}
    const dataDir = options.dataDir ?? (await makeDataFolder(join(this.folder, 'data-'), options))
    // Node cannot be started with other lines than it finds.
    const runtime = breaks.length > 0 ? 'bun' : (options.runtime ?? 'bun')
    const all = { ...options, runtime, breaks, env: { ...options.env, ...env }, dataDir }
    const server = new ServerProcess(all, dataDir)
    this.onEnd(() => server.stop('SIGKILL'))
    await server.start()
    return server
  }

  /** Undoes everything, also past a step that fails. @throws what failed */
  async end(): Promise<void> {
    const failures: unknown[] = []
    for (const undo of this.#undo.splice(0).toReversed()) {
      try {
        await undo()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be undone')
  }
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))
