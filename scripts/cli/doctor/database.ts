// The database: that it answers, that it keeps what it commits, its version, its clock beside ours.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readDatabaseFacts } from '@holdfast/db'
import type { Config } from '../../../server/config.ts'
import { openDatabase } from '../../../server/database.ts'
import { createLog } from '../../../server/observe/log.ts'
import { type Check, failure, ok, warning } from './check.ts'

/** What the tests run on. */
const TESTED_VERSION = 18
const OLDEST_VERSION = 15
/** Nothing depends on it but what people read in two logs. */
const MAX_SKEW_MS = 2000

/** Opened as the server opens it: settings under which acked rows could be lost are refused there. */
export async function checkDatabase(config: Config): Promise<Check[]> {
  const { databaseUrl, dataDir } = config
  if (databaseUrl === null && !existsSync(join(dataDir, 'postgres'))) {
    return [ok('database', 'embedded: it is made at the first start')]
  }
  const log = createLog({ level: 'silent' })
  const database = await openDatabase(config, log, { isCommand: true })
  try {
    const askedAt = Date.now()
    const facts = await readDatabaseFacts(database.client.db)
    const skewMs = facts.now.getTime() - (askedAt + Date.now()) / 2
    const where = databaseUrl === null ? 'embedded' : 'DATABASE_URL'
    const durable = `fsync ${facts.fsync}, synchronous_commit ${facts.synchronousCommit}`
    return [
      ok('database', `${where}, ${durable}`),
      checkPages(facts.fullPageWrites),
      checkVersion(facts.version),
      checkClock(skewMs),
      checkReplicas(facts.hasStandbys, facts.synchronousStandbys),
    ].flat()
  } finally {
    await database.close()
  }
}

/** Not refused at the start: on a file system that never writes half a page it is as safe. */
function checkPages(fullPageWrites: string): Check[] {
  if (fullPageWrites !== 'off') return []
  return [
    warning(
      'pages',
      'full_page_writes off: a power cut may leave half a page, and a table that cannot be read',
      'Turn full_page_writes on, unless its disk writes whole pages (ZFS).',
    ),
  ]
}

function checkVersion(version: number): Check {
  const found = `Postgres ${version}`
  if (version >= TESTED_VERSION) return ok('version', found)
  if (version >= OLDEST_VERSION) {
    return warning('version', found, `The tests run on Postgres ${TESTED_VERSION}.`)
  }
  return failure('version', found, `Use Postgres ${TESTED_VERSION} or newer.`)
}

function checkClock(skewMs: number): Check {
  const found = `${Math.abs(Math.round(skewMs))} ms ${skewMs < 0 ? 'behind' : 'ahead of'} this machine`
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return ok('clock', found)
  return warning(
    'clock',
    found,
    'Nothing is lost: times that are compared come from the database. Let both keep time (NTP).',
  )
}

function checkReplicas(hasStandbys: boolean, names: string): Check[] {
  if (!hasStandbys || names !== '') return []
  return [
    warning(
      'replica',
      'rows are copied to a replica after the ack',
      'If an ack must survive the loss of the primary, name the replica in synchronous_standby_names.',
    ),
  ]
}
