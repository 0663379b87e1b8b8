// The databases that other tests stand on.
import { connectDatabase } from '@holdfast/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './postgres.ts'

let databases: TestDatabase[]

beforeAll(async () => {
  databases = await Promise.all([createTestDatabase(), createTestDatabase()])
})
afterAll(async () => {
  for (const database of databases) await database.drop()
})

async function ask(database: TestDatabase | undefined, statement: string): Promise<unknown> {
  if (database === undefined) throw new Error('no database')
  const client = connectDatabase(database.connection, { max: 1 })
  try {
    const rows = await client.sql.unsafe(statement)
    return rows[0]
  } finally {
    await client.close()
  }
}

test('a test database has the schema and nothing else', async () => {
  expect(await ask(databases[0], 'select count(*)::int as n from recordings')).toEqual({ n: 0 })
})

test('what one test file writes no other sees', async () => {
  await ask(databases[0], 'create table mine (n int)')
  expect(await ask(databases[1], `select to_regclass('mine') as mine`)).toEqual({ mine: null })
})

test('test databases sync their commits like a real one', async () => {
  expect(await ask(databases[0], `select current_setting('fsync') as fsync`)).toEqual({
    fsync: 'on',
  })
})

test('a dropped database is gone even while a client is connected', async () => {
  const database = await createTestDatabase()
  const client = connectDatabase(database.connection, { max: 1 })
  await client.sql`select 1`
  await database.drop()
  const statement = `select count(*)::int as n from pg_database where datname = '${database.name}'`
  expect(await ask(databases[0], statement)).toEqual({ n: 0 })
  await client.close()
})
