import { connectBounded, type DatabaseClient } from '@holdfast/db'
import { busContract } from '../../test/contract/bus.ts'
import { openDatabaseLine } from '../../test/support/database-line.ts'
import { createTestDatabase } from '../../test/support/postgres.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics } from '../observe/metrics.ts'
import { PostgresBus } from './postgres-bus.ts'

busContract('the bus over Postgres', async () => {
  const database = await createTestDatabase()
  const line = await openDatabaseLine(database.connection)
  const metrics = createMetrics({ version: '0', runtime: 'test' })
  const clients: DatabaseClient[] = []
  return {
    names: ['a', 'b', 'c'],
    open: (name) => {
      const client = connectBounded(line.connection, { max: 1 })
      clients.push(client)
      return new PostgresBus({ client, name, log: createLog({ level: 'silent' }), metrics })
    },
    breakDown: () => line.proxy.setLine('cut'),
    restore: () => line.proxy.setLine('open'),
    dispose: async () => {
      await Promise.all(clients.map((client) => client.close()))
      metrics.close()
      await line.proxy.close()
      await database.drop()
    },
  }
})
