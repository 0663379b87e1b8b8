// Connections as operators write them.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/support/postgres.ts'
import { connectDatabase } from './client.ts'
import { pingDatabase } from './durability.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})

afterAll(async () => await database.drop())

test('a URL that names a unix socket folder in its query reaches the database', async ({
  skip,
}) => {
  const to = database.connection
  if ('url' in to) return skip('the test database was given by URL')
  const { host, port, user } = to
  const url = `postgresql://${user}@/${to.database}?host=${encodeURIComponent(host)}&port=${port}`
  const client = connectDatabase({ url })
  await expect(pingDatabase(client.db)).resolves.toBeUndefined()
  await client.close()
})

/** What the only connection of this pool has prepared, after a statement outside, in and deep in a transaction. */
async function preparedStatements(settings: { prepare?: boolean }): Promise<string[]> {
  const client = connectDatabase(asUrl(database.connection, settings), { max: 1 })
  await client.db.execute(sql`select ${1}::int as outside`)
  await client.db.transaction(async (tx) => {
    await tx.execute(sql`select ${1}::int as inside`)
    await tx.transaction((inner) => inner.execute(sql`select ${1}::int as deep`))
  })
  const rows = await client.sql<
    { statement: string }[]
  >`select statement from pg_prepared_statements`.simple()
  await client.close()
  // The driver prepares `commit` and the like by itself.
  return rows.map(({ statement }) => statement).filter((text) => text.startsWith('select $1'))
}

function asUrl(
  to: TestDatabase['connection'],
  { prepare }: { prepare?: boolean },
): { url: string } {
  const query = prepare === undefined ? '' : `prepare=${prepare}`
  if ('url' in to) return { url: `${to.url}${to.url.includes('?') ? '&' : '?'}${query}` }
  const host = encodeURIComponent(to.host)
  return {
    url: `postgresql://${to.user}@/${to.database}?host=${host}&port=${to.port}&${query}`,
  }
}

test('statements are planned once per connection, in transactions too', async () => {
  const prepared = await preparedStatements({})
  expect(prepared.toSorted()).toEqual([
    'select $1::int as deep',
    'select $1::int as inside',
    'select $1::int as outside',
  ])
})

test('a URL that says prepare=false, for a pooler, prepares nothing', async () => {
  expect(await preparedStatements({ prepare: false })).toEqual([])
})
