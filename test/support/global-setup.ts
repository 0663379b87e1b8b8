// Runs once in vitest's main process, before the first test file and after the last.
import type { TestProject } from 'vitest/node'
import { startBroker } from './database-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The socket at which a test file asks for the database of this run. */
    databaseBroker: string
  }
}

/** Resolves to the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await startBroker(process.env.HOLDFAST_TEST_DATABASE_URL)
  project.provide('databaseBroker', broker.path)
  return () => broker.stop()
}
