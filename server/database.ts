// The database of a server: the embedded one in its data folder, or the one of DATABASE_URL. Hands out a
// client only after it proved that a committed row stays committed, and that the schema is this version's.
import { join } from 'node:path'
import {
  type Connection,
  connectBounded,
  type DatabaseClient,
  isDatabaseAway,
  migrateDatabase,
  pingDatabase,
  readUnsafeSettings,
} from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import type { Config } from './config.ts'
import type { Log } from './observe/log.ts'

export type OpenedDatabase = {
  readonly client: DatabaseClient
  /** Resolves when the embedded server is gone; never for one that is not ours. */
  readonly lost: Promise<void>
  /** No other process can use it: its folder is locked. */
  readonly isExclusive: boolean
  close(): Promise<void>
}

/** A recording of a day is adopted in one transaction. */
const COMMAND_DEADLINE_MS = 30 * 60_000

type Origin = Pick<OpenedDatabase, 'lost' | 'isExclusive'> & {
  connection: Connection
  /** Another process of this data folder uses it, and keeps its schema. */
  isBeside?: boolean
  stop: () => Promise<void>
}

export type OpenOptions = {
  /**
   * For a command: where a server runs on the embedded database it is used beside that server, and a transaction may take
   * its time. @default false
   */
  isCommand?: boolean
}

/**
 * @throws HoldfastError `database_unsafe`, `database_locked`, `database_missing`, `database_failed`,
 * `disk_full`
 */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  log: Log,
  options: OpenOptions = {},
): Promise<OpenedDatabase> {
  const origin = await locate(config, log, options)
  const client = connectBounded(origin.connection, {
    onNotice: (notice) => log.debug({ notice }, 'postgres'),
    ...(options.isCommand && { deadlineMs: COMMAND_DEADLINE_MS }),
  })
  const close = async (): Promise<void> => {
    await client.close()
    await origin.stop()
  }
  try {
    await untilItAnswers(client, log)
    await refuseUnsafe(client)
    if (!origin.isBeside) await migrateDatabase(origin.connection)
  } catch (error) {
    await close()
    throw error
  }
  const { lost, isExclusive } = origin
  return { client, lost, isExclusive, close }
}

/** A database that is not ours to end. */
const SHARED = {
  lost: new Promise<void>(() => undefined),
  isExclusive: false,
  stop: () => Promise.resolve(),
}

async function locate(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  log: Log,
  { isCommand = false }: OpenOptions,
): Promise<Origin> {
  if (databaseUrl !== null) return { ...SHARED, connection: { url: databaseUrl } }
  // Not loaded where another database is used: its binaries need not be installed there.
  const { findRunningPostgres, startEmbeddedPostgres } = await import('@holdfast/db/embedded')
  const folder = join(dataDir, 'postgres')
  try {
    const embedded = await startEmbeddedPostgres({
      dataDir: folder,
      log: (level, message) => log[level === 'info' ? 'debug' : level]({}, message),
    })
    const { connection, exited } = embedded
    const lost = exited.then(() => undefined)
    return { connection, lost, isExclusive: true, stop: () => embedded.stop() }
  } catch (error) {
    const isLocked = error instanceof HoldfastError && error.code === 'database_locked'
    const running = isLocked && isCommand ? await findRunningPostgres(folder) : undefined
    if (!running) throw error
    return { ...SHARED, connection: running, isBeside: true }
  }
}

const PATIENCE_MS = 60_000
const RETRY_MS = 500

/** Started together with its database, a server may well be the first to be ready. */
async function untilItAnswers({ db }: DatabaseClient, log: Log): Promise<void> {
  const endAt = performance.now() + PATIENCE_MS
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await pingDatabase(db)
    } catch (cause) {
      if (!isDatabaseAway(cause) || performance.now() > endAt) {
        throw new HoldfastError('database_failed', {
          message: 'The database of DATABASE_URL does not answer. Check the URL and the server.',
          cause,
        })
      }
      if (attempt === 0) log.warn({ error: cause }, 'the database does not answer yet, waiting')
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

async function refuseUnsafe({ db }: DatabaseClient): Promise<void> {
  const unsafe = await readUnsafeSettings(db)
  if (unsafe.length === 0) return
  const settings = unsafe.map(({ name, value }) => `${name} is ${value}`).join(', ')
  throw new HoldfastError('database_unsafe', {
    message: `The database may lose acked rows: ${settings}. Turn it on.`,
    details: { unsafe },
  })
}
