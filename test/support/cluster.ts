// A new cluster for a server that brings its own Postgres: made once in a run, copied for each server. `initdb` is most
// of what a first start costs: over a second of a core, and 47 MB that it syncs.
import { execFile } from 'node:child_process'
import { lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startEmbeddedPostgres } from '@holdfast/db/embedded'
import { POSTGRES_MAJOR } from '../../db/embedded/binaries.ts'
import { askBroker, BROKER_VARIABLE } from './test-database.ts'

const execFileAsync = promisify(execFile)

/** Resolves to an empty cluster in `folder` that nothing runs in; null where Postgres can live elsewhere only. */
export async function makeCluster(folder: string): Promise<string | null> {
  const database = await startEmbeddedPostgres({ dataDir: folder })
  await database.stop()
  const cluster = join(folder, POSTGRES_MAJOR)
  return (await lstat(cluster)).isDirectory() ? cluster : null
}

/** Puts a copy where a server with this data folder looks for its own. Outside a test run the server makes one. */
export async function layCluster(dataDir: string): Promise<void> {
  const broker = process.env[BROKER_VARIABLE]
  if (broker === undefined) return
  const { cluster } = await askBroker(broker)
  if (cluster !== null) await copyCluster(cluster, dataDir)
}

export async function copyCluster(cluster: string, dataDir: string): Promise<void> {
  const home = join(dataDir, 'postgres')
  await mkdir(home, { mode: 0o700 })
  // The program: a quarter of what it costs with the runtime's own cp.
  await execFileAsync('cp', ['-R', cluster, join(home, POSTGRES_MAJOR)])
}
