// The process: environment in, server up, signals heard. The only file of the server that reads the
// environment. `bun server/main.ts` or, on Node 22.18 and later, `node server/main.ts`.
import { readFileSync } from 'node:fs'
import { HoldfastError } from '@holdfast/protocol'
import { type Config, readConfig } from './config.ts'
import { helpText } from './config-help.ts'
import { type Holdfast, startHoldfast } from './holdfast.ts'
import type { Listen } from './http/listener.ts'
import { createLog, type Log } from './observe/log.ts'

/** Longer than any commit and shorter than what orchestrators allow before SIGKILL. */
const STOP_MS = 10_000
const RESTARTS = 5
const CALM_MS = 60_000

const isBun = process.versions.bun !== undefined
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string
}
const build = {
  version,
  runtime: isBun ? `bun ${process.versions.bun}` : `node ${process.version}`,
}

async function listener(): Promise<Listen> {
  if (isBun) return (await import('./http/listen-bun.ts')).listenOnBun
  return (await import('./http/listen-node.ts')).listenOnNode
}

class Process {
  readonly #log: Log
  #config: Config
  #server: Holdfast | null = null
  #isStopping = false

  constructor(config: Config, log: Log) {
    this.#config = config
    this.#log = log
  }

  /** Runs until a signal; brings the server up again when its embedded database was killed. */
  async run(listen: Listen): Promise<void> {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => void this.#onSignal(signal))
    }
    for (let failures = 0; failures < RESTARTS && !this.#isStopping; ) {
      const startedAt = performance.now()
      await this.#runOnce(listen)
      failures = performance.now() - startedAt > CALM_MS ? 1 : failures + 1
    }
    if (this.#isStopping) return
    throw new HoldfastError('database_failed', { message: 'The server ends again and again.' })
  }

  /** Ends because of a failure that nothing can be built on. */
  async fail(error: unknown): Promise<void> {
    this.#log.error({ error }, 'the process cannot go on')
    process.exitCode = 1
    await this.#stop()
  }

  async #runOnce(listen: Listen): Promise<void> {
    const server = await startHoldfast({ config: this.#config, log: this.#log, listen, build })
    this.#server = server
    // The next start takes the same port, also when it was chosen by the system.
    this.#config = { ...this.#config, port: server.port }
    this.#log.info({ url: server.url }, `Holdfast is listening on ${server.url}`)
    if (this.#isStopping) await server.stop()
    await server.lost
    if (this.#isStopping) return
    this.#log.error({}, 'the server cannot go on as it is; starting again')
    await server.stop()
  }

  async #onSignal(signal: string): Promise<void> {
    if (this.#isStopping) {
      this.#log.warn({ signal }, 'stopping at once')
      process.exit(130)
    }
    this.#log.info({ signal }, 'stopping')
    await this.#stop()
  }

  async #stop(): Promise<void> {
    this.#isStopping = true
    // Also keeps the process until the last step: once the database is gone nothing else may hold it.
    setTimeout(() => this.#giveUpStopping(), STOP_MS)
    await this.#server?.stop()
    this.#log.info({}, 'stopped')
    process.exit(process.exitCode ?? 0)
  }

  /** What was acked is on the disk and in the ledger: the next start goes on from there, as after a kill. */
  #giveUpStopping(): void {
    this.#log.error({}, `not stopped within ${STOP_MS / 1000} s: ending without the last steps`)
    process.exit(1)
  }
}

/** A start that fails says why in one line; the details are for LOG_LEVEL=debug. */
function refuseStart(error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code
  const known = error instanceof HoldfastError ? error.message : null
  const inUse = code === 'EADDRINUSE' ? 'The port is in use. Set PORT to another one.' : null
  process.stderr.write(`holdfast: ${known ?? inUse ?? String((error as Error).stack ?? error)}\n`)
  if (process.env.LOG_LEVEL === 'debug' && error instanceof Error) {
    process.stderr.write(
      `${error.stack}\n${error.cause instanceof Error ? error.cause.stack : ''}\n`,
    )
  }
  process.exit(1)
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(helpText())
    return
  }
  const config = readConfig(process.env)
  const log = createLog({ level: config.logLevel, isPlain: process.stdout.isTTY === true })
  const running = new Process(config, log)
  // A promise that nobody awaited is a fault of ours, but what was promised to clients still holds: go on.
  process.on('unhandledRejection', (error) => log.error({ error }, 'a promise failed unheard'))
  process.on('uncaughtException', (error) => void running.fail(error))
  await running.run(await listener())
}

main().catch(refuseStart)
