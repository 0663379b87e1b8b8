// The checks of the doctor, in the order in which a server needs what they look at. Each says what it found, and what to do.
import { type ErrorCode, HoldfastError } from '@holdfast/protocol'
import { type Config, type Environment, readConfig } from '../../../server/config.ts'
import { type Check, failure, messageOf, ok } from './check.ts'
import { checkDatabase } from './database.ts'
import { checkStore } from './store.ts'
import { checkFfmpeg, checkPort, checkRedis, checkRuntime } from './surroundings.ts'

type Checker = (config: Config) => Promise<Check[]>

const CHECKERS: Record<string, Checker> = {
  runtime: checkRuntime,
  database: checkDatabase,
  store: checkStore,
  redis: checkRedis,
  ffmpeg: checkFfmpeg,
  port: checkPort,
}

/** Never rejects: what cannot be looked at is a failure of its own. */
export async function checkAll(env: Environment): Promise<Check[]> {
  const config = readSettings(env)
  if ('verdict' in config) return [config]
  const checks = [ok('settings', 'all are known and have good values')]
  for (const [what, check] of Object.entries(CHECKERS)) {
    checks.push(...(await check(config).catch((error: unknown) => [unable(what, error)])))
  }
  return checks
}

function readSettings(env: Environment): Config | Check {
  try {
    return readConfig(env)
  } catch (error) {
    return failure('settings', messageOf(error), 'Correct the setting: the server does not start.')
  }
}

const unable = (what: string, error: unknown): Check =>
  failure(what, messageOf(error), adviceFor(error))

/** The message says what is wrong, and often what to do; here is who it concerns. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  database_unsafe: 'A committed row must stay committed: turn it on.',
  database_failed: 'Start the database, or correct DATABASE_URL.',
  store_unreachable: 'Start the store, or correct endpoint= in HOLDFAST_STORE.',
  store_refused: 'Correct HOLDFAST_STORE, the keys or their rights: the server does not start.',
  store_unsafe: 'Take a newer version of this store, or another one: it would lose recordings.',
}

function adviceFor(error: unknown): string {
  const advice = error instanceof HoldfastError ? ADVICE[error.code] : undefined
  return advice ?? 'The server does not start while this is so.'
}
