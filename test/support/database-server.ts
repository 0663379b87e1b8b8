// The one Postgres of a test run, with a migrated template in it, and a new cluster for servers that bring their own.
// Runs in vitest's main process and starts when the first test file asks: runs without a database do not pay for one.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, migrateDatabase } from '@holdfast/db'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@holdfast/db/embedded'
import { copyCluster, makeCluster } from './cluster.ts'
import { connectAs, dropDatabase, runAlone } from './database-statements.ts'

/** What a test file needs to clone a database, or a server to begin with a cluster that was made already. */
export type Offer = {
  readonly admin: Connection
  readonly template: string
  readonly cluster: string | null
}

type TestServer = { readonly offer: Offer; stop(): Promise<void> }

export type Broker = { readonly path: string; stop(): Promise<void> }

/**
 * Listens on `path`; whoever connects reads the offer as JSON, or `{ error }`. Stopping it takes the
 * database down too.
 */
export async function startBroker(externalUrl: string | undefined): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'))
  let starting: Promise<TestServer> | undefined
  const broker = createServer((socket) => {
    socket.on('error', () => undefined) // A test file that was killed does not wait for its answer.
    starting ??= start(folder, externalUrl)
    starting.then(
      ({ offer }) => socket.end(JSON.stringify(offer)),
      (error: unknown) => socket.end(JSON.stringify({ error: String(error) })),
    )
  })
  const path = join(folder, 'broker')
  await new Promise<void>((resolve) => broker.listen(path, resolve))
  const stop = async (): Promise<void> => {
    await close(broker)
    await starting?.then(
      (it) => it.stop(),
      () => undefined,
    )
    await rm(folder, { recursive: true })
  }
  return { path, stop }
}

async function start(folder: string, externalUrl: string | undefined): Promise<TestServer> {
  const cluster = await makeCluster(join(folder, 'cluster'))
  const own = externalUrl === undefined ? await startOwn(folder, cluster) : null
  const admin = own?.connection ?? { url: externalUrl ?? '' }
  const template = await makeTemplate(admin)
  const stop = () => (own ? own.stop() : dropDatabase(admin, template))
  return { offer: { admin, template, cluster }, stop }
}

// The same launcher and the same settings as in production, fsync included.
async function startOwn(folder: string, cluster: string | null): Promise<EmbeddedPostgres> {
  if (cluster !== null) await copyCluster(cluster, folder)
  return await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') })
}

async function makeTemplate(admin: Connection): Promise<string> {
  const template = `holdfast_template_${process.pid}_${Date.now().toString(36)}`
  await runAlone(admin, `create database ${template}`)
  await migrateDatabase(connectAs(admin, template))
  // A clone fails while anyone, autovacuum included, is connected to its template.
  await runAlone(admin, `alter database ${template} allow_connections false`)
  return template
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)))
  })
