// A database server of the run's own, for faults that strike it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from '@holdfast/db'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@holdfast/db/embedded'
import { layCluster } from '../support/cluster.ts'
import { runAlone } from '../support/database-statements.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Ground } from './ground.ts'

export class OwnDatabase {
  readonly #dataDir: string
  #running: EmbeddedPostgres

  private constructor(dataDir: string, running: EmbeddedPostgres) {
    this.#dataDir = dataDir
    this.#running = running
  }

  static async start(ground: Ground): Promise<OwnDatabase> {
    const dataDir = await makeHome(ground)
    const database = new OwnDatabase(dataDir, await startEmbeddedPostgres({ dataDir }))
    ground.onEnd(() => database.#running.stop())
    return database
  }

  get connection(): Connection {
    return this.#running.connection
  }

  /** SIGQUIT is what `pg_ctl stop -m immediate` sends. Resolves when the server is gone. */
  async kill(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    process.kill(this.#running.pid, signal)
    await this.#running.exited
  }

  /** On the same socket as before. */
  async start(): Promise<void> {
    this.#running = await startEmbeddedPostgres({ dataDir: this.#dataDir })
  }
}

/**
 * Resolves with the way to a database server that is started with `env`.
 * @param settings what it is started with beyond the embedded one's: the last word counts
 */
export async function startDatabaseWith(
  ground: Ground,
  env: Record<string, string>,
  settings: readonly string[] = [],
): Promise<Connection> {
  const first = await startEmbeddedPostgres({ dataDir: await makeHome(ground) })
  const [command, environment] = await Promise.all([
    partsOf(`/proc/${first.pid}/cmdline`),
    partsOf(`/proc/${first.pid}/environ`),
  ])
  await first.stop()
  // As the launcher does for root: Postgres refuses to be root, and this is another account to itself only.
  const namespace = ['--user', '--map-user=65534', '--map-group=65534', '--']
  const known = Object.fromEntries(environment.map((one) => one.split(/=(.*)/s).slice(0, 2)))
  const child = spawn(
    'unshare',
    [...namespace, ...command, ...settings.flatMap((one) => ['-c', one])],
    {
      stdio: 'ignore',
      env: { ...(known as Record<string, string>), ...env },
    },
  )
  ground.onEnd(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGINT')
    await once(child, 'exit')
  })
  await waitFor('the database', async () => {
    await runAlone(first.connection, 'select 1')
    return true
  })
  return first.connection
}

/** With a new cluster in it where there is one. */
async function makeHome(ground: Ground): Promise<string> {
  await layCluster(ground.folder)
  return join(ground.folder, 'postgres')
}

const partsOf = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8')).split('\0').slice(0, -1)
