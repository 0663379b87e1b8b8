// A real, migrated Postgres database for one test file, cloned in some 30 ms from this run's
// template. `HOLDFAST_TEST_DATABASE_URL` (an account that may create databases) replaces the server.
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import type { Connection } from '@holdfast/db'
import { inject } from 'vitest'
import type { TemplateOffer } from './database-server.ts'
import { connectAs, dropDatabase, runAlone } from './database-statements.ts'

export type TestDatabase = {
  readonly connection: Connection
  readonly name: string
  /** Also when clients are still connected. */
  drop(): Promise<void>
}

/** Call `drop` in `afterAll`; what is not dropped goes with the run's server. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { admin, template } = await askForTemplate(inject('databaseBroker'))
  const name = `holdfast_test_${randomBytes(8).toString('hex')}`
  await runAlone(admin, `create database ${name} template ${template}`)
  return { connection: connectAs(admin, name), name, drop: () => dropDatabase(admin, name) }
}

async function askForTemplate(broker: string): Promise<TemplateOffer> {
  const answer = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = connect(broker)
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      text += part
    })
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
  const offer = JSON.parse(answer) as TemplateOffer | { error: string }
  if ('error' in offer) throw new Error(`no test database: ${offer.error}`)
  return offer
}
