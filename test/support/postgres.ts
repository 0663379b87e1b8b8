// The real, migrated Postgres database of one test file. `HOLDFAST_TEST_DATABASE_URL` (an account that may create
// databases) replaces the server.
import { inject } from 'vitest'
import { cloneDatabase, type TestDatabase } from './test-database.ts'

export type { TestDatabase }

/** Call `drop` in `afterAll`; what is not dropped goes with the run's server. */
export const createTestDatabase = (): Promise<TestDatabase> =>
  cloneDatabase(inject('databaseBroker'))
