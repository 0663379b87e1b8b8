// Which bus there is: Redis where it is configured, else the database's own, and none for a process that is alone.

import type { OpenedDatabase } from '../database.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Bus } from './bus.ts'
import { PostgresBus } from './postgres-bus.ts'
import { ProcessBus } from './process-bus.ts'

type BusOptions = {
  redisUrl: string | null
  database: Pick<OpenedDatabase, 'client' | 'isExclusive'>
  name: string
  log: Log
  metrics: Metrics
}

export async function openBus({ redisUrl, database, ...of }: BusOptions): Promise<Bus> {
  if (redisUrl !== null) {
    // Not loaded where it is not used.
    const { RedisBus } = await import('./redis-bus.ts')
    return new RedisBus({ url: redisUrl, ...of })
  }
  if (database.isExclusive) return new ProcessBus()
  return new PostgresBus({ client: database.client, ...of })
}
