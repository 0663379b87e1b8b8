// Runs once in vitest's main process, before the first test file and after the last.
import type { TestProject } from 'vitest/node'
import { startBroker } from './database-server.ts'
import { BROKER_VARIABLE } from './test-database.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The socket at which a test file asks for the database of this run. */
    databaseBroker: string
  }
}

/** Runs for each project of the run; the first one's broker serves all. Resolves to the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = process.env[BROKER_VARIABLE]
  if (running !== undefined) {
    project.provide('databaseBroker', running)
    return async () => undefined
  }
  const broker = await startBroker(process.env.HOLDFAST_TEST_DATABASE_URL)
  project.provide('databaseBroker', broker.path)
  process.env[BROKER_VARIABLE] = broker.path
  return () => broker.stop()
}
