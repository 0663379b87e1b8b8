// What the running server is set to, asked of the server itself.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts'

let dataDir: string
let database: EmbeddedPostgres

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-'))
  database = await startEmbeddedPostgres({ dataDir })
})
afterAll(async () => {
  await database.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function ask(question: string): Promise<Record<string, unknown>> {
  const sql = postgres({ ...database.connection, max: 1 })
  try {
    return (await sql.unsafe(question))[0] ?? {}
  } finally {
    await sql.end()
  }
}

const setting = async (name: string): Promise<unknown> => (await ask(`show ${name}`))[name]

test.each([
  ['fsync', 'on'],
  ['synchronous_commit', 'on'],
  ['full_page_writes', 'on'],
  ['data_sync_retry', 'off'],
  ['data_checksums', 'on'],
  ['listen_addresses', ''],
  ['TimeZone', 'UTC'],
  ['server_encoding', 'UTF8'],
])('%s is %j', async (name, value) => {
  expect(await setting(name)).toBe(value)
})

test('an edited setting cannot turn durability off', async () => {
  await ask('alter system set fsync = off')
  await ask('alter system set synchronous_commit = off')
  await database.stop()
  database = await startEmbeddedPostgres({ dataDir })
  expect([await setting('fsync'), await setting('synchronous_commit')]).toEqual(['on', 'on'])
})

test('text sorts by code point, as the C.UTF-8 of the built-in provider does', async () => {
  const columns = `datlocprovider as provider, datlocale as locale, 'a' > 'Z' as by_code_point`
  expect(await ask(`select ${columns} from pg_database where datname = 'holdfast'`)).toEqual({
    provider: 'b',
    locale: 'C.UTF-8',
    by_code_point: true,
  })
})

test('the socket and every folder of the database can be entered by its own account only', async () => {
  const { host } = database.connection
  for (const folder of [dataDir, host, join(dataDir, '18')]) {
    expect(((await stat(folder)).mode & 0o077).toString(8)).toBe('0')
  }
  expect(dirname(host)).toBe(dataDir)
})

test('the server sees none of our environment', async () => {
  process.env.PGOPTIONS = '-c fsync=off'
  try {
    const environment = await readFile(`/proc/${database.pid}/environ`, 'utf8')
    const names = environment.split('\0').map((pair) => pair.split('=')[0])
    expect(names).not.toContain('HOME')
    expect(names.filter((name) => name?.startsWith('PGOPT'))).toEqual([])
  } finally {
    delete process.env.PGOPTIONS
  }
})
