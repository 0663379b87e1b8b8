// Several instances on one database and one store, behind a real proxy that knows no sticky sessions, with a real
// Redis or without one. The instances run on Bun and Node by turns: any of them takes whatever comes.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasRedis, RedisServer } from './redis.ts'
import { type ProxyKind, ReverseProxy } from './reverse-proxy.ts'
import { type Runtime, type ServerOptions, type ServerProcess, startServer } from './server.ts'

export type FleetOptions = {
  databaseUrl: string
  /** One for each instance, three at most. @default bun, node, bun */
  runtimes?: readonly Runtime[]
  /** @default nginx */
  proxy?: ProxyKind
  /** @default true where it is installed */
  hasRedis?: boolean
  env?: Record<string, string>
  /** @default as it is */
  start?: (options: ServerOptions) => Promise<ServerProcess>
}

const RUNTIMES: readonly Runtime[] = ['bun', 'node', 'bun']

export class Fleet {
  readonly servers: readonly ServerProcess[]
  readonly proxy: ReverseProxy
  readonly redis: RedisServer | null
  readonly dataDir: string

  private constructor(parts: Pick<Fleet, 'servers' | 'proxy' | 'redis' | 'dataDir'>) {
    this.servers = parts.servers
    this.proxy = parts.proxy
    this.redis = parts.redis
    this.dataDir = parts.dataDir
  }

  /** All at the same moment: they must not be in each other's way. Nothing is left behind when it rejects. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const { databaseUrl, runtimes = RUNTIMES, proxy: kind = 'nginx', start = startServer } = options
    const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-fleet-'))
    const redis = (options.hasRedis ?? hasRedis) ? await RedisServer.start() : null
    const url = { DATABASE_URL: databaseUrl, ...(redis && { REDIS_URL: redis.url }) }
    const env = { ...url, ...options.env }
    const starting = runtimes.map((runtime) => start({ runtime, dataDir, env }))
    try {
      const servers = await Promise.all(starting)
      const upstreams = servers.map((server) => new URL(server.url).host)
      const proxy = await ReverseProxy.start(kind, upstreams)
      return new Fleet({ servers, proxy, redis, dataDir })
    } catch (error) {
      const started = await Promise.allSettled(starting)
      for (const one of started) if (one.status === 'fulfilled') await one.value.stop()
      await redis?.stop()
      await rm(dataDir, { recursive: true, force: true })
      throw error
    }
  }

  /** Of the proxy. */
  get url(): string {
    return this.proxy.url
  }

  get storeDir(): string {
    return join(this.dataDir, 'store')
  }

  /** The n-th instance, counted round and round. */
  at(n: number): ServerProcess {
    const server = this.servers[n % this.servers.length]
    if (!server) throw new Error('a fleet without instances')
    return server
  }

  async stop(): Promise<void> {
    await this.proxy.stop()
    await Promise.all(this.servers.map((server) => server.stop()))
    await this.redis?.stop()
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}
