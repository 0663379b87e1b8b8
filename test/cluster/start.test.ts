// Several servers that start at the same moment, on a database that nobody has seen before; and one that comes with
// another store than the rest.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { runAlone } from '../support/database-statements.ts'
import { sumOf } from '../support/invariants.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { hasRedis, RedisServer } from '../support/redis.ts'
import { RUNTIMES, type ServerOptions, type ServerProcess, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { urlOf } from '../support/wire-bed.ts'
import { WireHttp } from '../support/wire-client.ts'

// Starting five servers at once takes a busy machine a while.
vi.setConfig({ testTimeout: 180_000 })

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'holdfast-start-'))
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

const store = (name: string) => join(folder, name)

function start(name: string, options: ServerOptions = {}): Promise<ServerProcess> {
  const env = { DATABASE_URL: urlOf(database.connection), ...options.env }
  const starting = startServer({ ...options, dataDir: store(name), env })
  onTestFinished(async () => {
    await starting.then(
      (server) => server.stop(),
      () => undefined,
    )
  })
  return starting
}

/** As `create database` leaves it: no migration has run. */
async function empty(): Promise<void> {
  await runAlone(database.connection, 'drop schema if exists public, drizzle cascade')
  await runAlone(database.connection, 'create schema public')
}

test('five at once come up on an empty database and an empty folder, and share everything', async () => {
  await empty()
  const servers = await Promise.all(
    Array.from({ length: 5 }, (_, n) => start('five', { runtime: n === 4 ? 'node' : 'bun' })),
  )
  const [first, ...others] = servers
  if (!first) throw new Error('no servers')
  const made = await new WireHttp(first.url).create()
  await new WireHttp(first.url).put(made, { take: 0, seq: 0 }, Buffer.from('shared'))
  const { mediaUrl } = (await new WireHttp(first.url).view(made)).body
  // The secret that signs links was made once.
  for (const { url } of others) {
    const media = await fetch(`${url}${mediaUrl}`)
    expect([media.status, await media.text()]).toEqual([200, 'shared'])
  }
  const metrics = await (await fetch(`${first.url}/metrics`)).text()
  expect(sumOf(metrics, 'holdfast_instances')).toBe(5)
  expect(servers.flatMap(({ logs }) => logs.filter(({ level }) => level === 'error'))).toEqual([])
})

test('of two at once with folders of their own one is refused, and says what to do', async () => {
  await empty()
  const both = await Promise.allSettled(['mine', 'yours'].map((name) => start(name)))
  const failures = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
  expect(failures).toHaveLength(1)
  expect(failures[0]).toMatch(/holdfast: .*is not the store of this database.*store-id.*\n/)
})

test('a folder that was not mounted is refused and left empty; the right one starts again', async () => {
  await empty()
  const right = await start('right')
  await right.stop()
  await expect(start('not-mounted')).rejects.toThrow(/has no store-id/)
  await expect(readFile(join(store('not-mounted'), 'store', 'store-id'))).rejects.toThrow('ENOENT')
  await (await start('right')).stop()
  // A backup of the right store that was copied without it: what the line says is enough.
  const id = await readFile(join(store('right'), 'store', 'store-id'), 'utf8')
  await writeFile(join(store('not-mounted'), 'store', 'store-id'), id)
  await start('not-mounted')
})

test.skipIf(!hasRedis).each(RUNTIMES)('reaches a Redis that speaks TLS, on %s', async (runtime) => {
  await empty()
  const redis = await RedisServer.start({ hasTls: true })
  onTestFinished(() => redis.stop())
  const trusting = { NODE_EXTRA_CA_CERTS: redis.certificate }
  const [trusts, doubts] = await Promise.all(
    [trusting, {}].map((env) => start('tls', { runtime, env: { ...env, REDIS_URL: redis.url } })),
  )
  const away = async (server: ServerProcess | undefined) => {
    const text = await (await fetch(`${server?.url}/metrics`)).text()
    return sumOf(text, 'holdfast_bus_away')
  }
  await waitFor('the one who trusts it', async () => (await away(trusts)) === 0)
  const warnings = () => (doubts?.logs ?? []).filter(({ msg }) => msg.includes('Redis is away'))
  await waitFor('a warning', () => warnings().length > 0)
  expect(await away(doubts)).toBe(1)
  expect(JSON.stringify(warnings())).toMatch(/certificate|SELF_SIGNED/i)
})
