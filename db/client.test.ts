// Connections as operators write them.
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
