// A migrated Postgres database of one's own, cloned in some 30 ms from a run's template.
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import type { Connection } from '@holdfast/db'
import type { Offer } from './database-server.ts'
import { connectAs, dropDatabase, runAlone } from './database-statements.ts'

/** In the environment of a test run: the socket of its broker, for what knows no vitest. */
export const BROKER_VARIABLE = 'HOLDFAST_TEST_BROKER'

export type TestDatabase = {
  readonly connection: Connection
  readonly name: string
  /** Also when clients are still connected. */
  drop(): Promise<void>
}

/** @param broker the socket at which the run's server is asked for */
export async function cloneDatabase(broker: string): Promise<TestDatabase> {
  const { admin, template } = await askBroker(broker)
  const name = `holdfast_test_${randomBytes(8).toString('hex')}`
  await runAlone(admin, `create database ${name} template ${template}`)
  return { connection: connectAs(admin, name), name, drop: () => dropDatabase(admin, name) }
}

/** @param broker the socket at which the run's server is asked for */
export async function askBroker(broker: string): Promise<Offer> {
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
  const offer = JSON.parse(answer) as Offer | { error: string }
  if ('error' in offer) throw new Error(`no test database: ${offer.error}`)
  return offer
}
