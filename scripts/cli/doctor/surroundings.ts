// What stands around a server: runtime, ports, ffmpeg, Redis. The wrong ones cost speed or features, not recordings.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { pingRedis } from '../../../server/bus/redis-ping.ts'
import type { Config } from '../../../server/config.ts'
import { findFfmpeg } from '../../../server/jobs/ffmpeg-program.ts'
import { createLog } from '../../../server/observe/log.ts'
import { type Check, failure, messageOf, ok, warning } from './check.ts'

const PACKAGE = new URL('../../../package.json', import.meta.url)
const PATIENCE_MS = 5000

export async function checkRuntime(): Promise<Check[]> {
  const { packageManager } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { packageManager: string }
  const pinned = packageManager.replace('bun@', '')
  const running = process.versions.bun
  const found = running ? `Bun ${running}` : `Node ${process.version}`
  if (running === pinned) return [ok('runtime', found)]
  return [warning('runtime', found, `The tests run on Bun ${pinned}; npm start fetches it.`)]
}

export async function checkFfmpeg(config: Config): Promise<Check[]> {
  const { state, ffmpeg } = await findFfmpeg(config, createLog({ level: 'silent' }))
  if (ffmpeg) return [ok('ffmpeg', `${ffmpeg.program}, ${ffmpeg.version}`)]
  if (state === 'off') return [ok('ffmpeg', 'off: HOLDFAST_FFMPEG says so')]
  const advice =
    'Install ffmpeg with libx264; without it there are no exports of VP8, pictures and peaks.'
  return [warning('ffmpeg', 'not found', advice)]
}

/** Somebody who answers there as Holdfast does is the server itself. */
export async function checkPort({ host, port }: Config): Promise<Check[]> {
  const name = `${host}:${port}`
  if (port === 0 || (await isFree(host, port))) return [ok('port', `${name} is free`)]
  if (await isHoldfast(name)) return [ok('port', `${name}: Holdfast runs there`)]
  return [failure('port', `${name} is taken by another program`, 'Set PORT to another one.')]
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host, port }, () => server.close(() => resolve(true)))
  })
}

async function isHoldfast(name: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const response = await fetch(`http://${name}/api/capabilities`, { signal })
    return 'transports' in ((await response.json()) as object)
  } catch {
    return false
  }
}

export async function checkRedis({ redisUrl }: Config): Promise<Check[]> {
  if (redisUrl === null)
    return [ok('redis', 'not used: instances hear of each other over the database')]
  try {
    await pingRedis(redisUrl)
    return [ok('redis', 'answers')]
  } catch (error) {
    const advice =
      'Nothing is lost without it; events between instances come late. Start it, or correct REDIS_URL.'
    return [warning('redis', messageOf(error), advice)]
  }
}
