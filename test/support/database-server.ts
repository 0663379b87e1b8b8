// The one Postgres of a test run, with a migrated template in it. Runs in vitest's main process and
// starts when the first test file asks: runs without a database test do not pay for one.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, migrateDatabase } from '@holdfast/db'
import { startEmbeddedPostgres } from '@holdfast/db/embedded'
import { connectAs, dropDatabase, runAlone } from './database-statements.ts'

/** What a test file needs to clone a database. */
export type TemplateOffer = { readonly admin: Connection; readonly template: string }

type TestServer = { readonly offer: TemplateOffer; stop(): Promise<void> }

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
    starting ??= externalUrl === undefined ? startOwn(folder) : useExternal(externalUrl)
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

// The same launcher and the same settings as in production, fsync included.
async function startOwn(folder: string): Promise<TestServer> {
  const database = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') })
  const offer = await makeTemplate(database.connection)
  return { offer, stop: () => database.stop() }
}

async function useExternal(url: string): Promise<TestServer> {
  const offer = await makeTemplate({ url })
  return { offer, stop: () => dropDatabase(offer.admin, offer.template) }
}

async function makeTemplate(admin: Connection): Promise<TemplateOffer> {
  const template = `holdfast_template_${process.pid}_${Date.now().toString(36)}`
  await runAlone(admin, `create database ${template}`)
  await migrateDatabase(connectAs(admin, template))
  // A clone fails while anyone, autovacuum included, is connected to its template.
  await runAlone(admin, `alter database ${template} allow_connections false`)
  return { admin, template }
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)))
  })
