// The checks of the doctor, in the order in which a server needs what they look at. Each says what it found, and what to do.
import { HoldfastError } from '@holdfast/protocol'
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

function adviceFor(error: unknown): string {
  const code = error instanceof HoldfastError ? error.code : null
  if (code === 'database_unsafe') return 'A committed row must stay committed: turn it on.'
  return 'The server does not start while this is so.'
}
