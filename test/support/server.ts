// The real server as a process of its own, on Bun or on Node, with a data folder that goes with it. Killed by
// its pid only; started again on the same port and the same data.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { layCluster } from './cluster.ts'
import { waitFor } from './wait-for.ts'

export type Runtime = 'bun' | 'node'
/** The contract tests run against several instances, which are on both runtimes: once is enough then. */
export const HAS_FLEET = Number(process.env.HOLDFAST_TEST_INSTANCES ?? 1) > 1
export const RUNTIMES: readonly Runtime[] = HAS_FLEET ? ['bun'] : ['bun', 'node']

export type ServerOptions = {
  /** @default bun */
  runtime?: Runtime
  /** Settings; the environment of the test itself is not passed on, except what programs need to run. */
  env?: Record<string, string>
  /** Used again and left alone. @default a temporary folder, removed by `stop` */
  dataDir?: string
  /** Goes before the runtime on the command line; must exec it, so that the pid is the server's. */
  prefix?: readonly string[]
  /** Lines of the product that are changed when it is loaded, to see which test minds. Under Bun only. */
  breaks?: readonly Break[]
}

/** One line of the product that keeps a promise, and what stands there instead. */
export type Break = { file: string; line: string; instead: string }

/** One line of the server's log. */
export type LogLine = { level: string; msg: string; [fact: string]: unknown }

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url))
const BREAK_LINES = fileURLToPath(new URL('./break-lines.ts', import.meta.url))
const BREAKS_VARIABLE = 'HOLDFAST_TEST_BREAKS'
/** Several at once, on a machine that has other things to do. */
const START_MS = 90_000
/** Node compiles some 1,200 files at each start, a second of its time: what it made of them is kept for the next one. */
const NODE_CACHE = join(tmpdir(), 'holdfast-node-cache')
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG']

export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const dataDir =
    options.dataDir ?? (await makeDataFolder(join(tmpdir(), 'holdfast-server-'), options))
  const server = new ServerProcess(options, dataDir)
  await server.start()
  return server
}

/** A new one whose name begins so; of a server that brings its own Postgres, with the cluster in it. */
export async function makeDataFolder(prefix: string, { env }: ServerOptions): Promise<string> {
  const dataDir = await mkdtemp(prefix)
  if (env?.DATABASE_URL === undefined) await layCluster(dataDir)
  return dataDir
}

export class ServerProcess {
  readonly dataDir: string
  readonly #options: ServerOptions
  /** Its output goes to files: of a pipe, the last line of a process that ends is sometimes never read. */
  readonly #output: string
  #child: ChildProcess | null = null
  #url: string | null = null

  constructor(options: ServerOptions, dataDir: string) {
    this.#options = options
    this.dataDir = dataDir
    this.#output = mkdtempSync(join(tmpdir(), 'holdfast-output-'))
  }

  /** Every line since the first start, parsed where it is the server's own. */
  get logs(): LogLine[] {
    // What follows the last line break is a line that is still being written.
    return this.#read('stdout').split('\n').slice(0, -1).map(parse)
  }

  /** What it wrote to stderr: why a start was refused. */
  get stderr(): string {
    return this.#read('stderr')
  }

  get url(): string {
    if (this.#url === null) throw new Error('the server has not started')
    return this.#url
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('the server does not run')
    return pid
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves when it answers. @throws what it wrote to stderr when it refuses to start */
  async start(): Promise<void> {
    const before = this.logs.length
    const [out, err] = [openSync(this.#path('stdout'), 'a'), openSync(this.#path('stderr'), 'a')]
    const [command = '', ...rest] = this.#command()
    const child = spawn(command, rest, {
      env: this.#environment(),
      stdio: ['ignore', out, err],
    })
    closeSync(out)
    closeSync(err)
    this.#child = child
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`the server ended (${code ?? signal}): ${this.stderr}${this.#lastLines()}`)
    })
    ended.catch(() => undefined)
    this.#url = await Promise.race([this.#listening(before), ended])
  }

  /** The URL in the first line about listening behind the first `before` lines. */
  async #listening(before: number): Promise<string> {
    const probe = () => {
      const lines = this.logs.slice(before)
      return lines.find(({ url, msg }) => typeof url === 'string' && msg.includes('listening'))
    }
    try {
      const { url } = await waitFor('the server', probe, { timeoutMs: START_MS, everyMs: 20 })
      return String(url)
    } catch (cause) {
      throw new Error(`${this.stderr}${this.#lastLines()}`, { cause })
    }
  }

  /** Sends a signal and waits for the end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const child = this.#child
    if (!child || !this.isRunning) return child?.exitCode ?? null
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
    return child.exitCode
  }

  /** Starts it again on the same port and data, after `kill`; or stops it gracefully first. */
  async restart(): Promise<void> {
    await this.kill('SIGTERM')
    await this.start()
  }

  /** Ends it, gracefully unless another signal is named, and removes its data. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.kill(signal)
    await rm(this.#output, { recursive: true, force: true })
    if (this.#options.dataDir !== undefined) return
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 })
  }

  #command(): string[] {
    const { prefix = [], runtime = 'bun', breaks = [] } = this.#options
    const preload = breaks.length > 0 ? ['--preload', BREAK_LINES] : []
    return [...prefix, runtimeProgram(runtime), ...preload, MAIN]
  }

  #environment(): Record<string, string> {
    const own = PASSED_ON.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    })
    const port = this.#url === null ? '0' : new URL(this.#url).port
    return {
      ...(Object.fromEntries(own) as Record<string, string>),
      NODE_COMPILE_CACHE: NODE_CACHE,
      HOLDFAST_DATA_DIR: this.dataDir,
      ...(this.#options.breaks && { [BREAKS_VARIABLE]: JSON.stringify(this.#options.breaks) }),
      ...this.#options.env,
      PORT: this.#url === null ? (this.#options.env?.PORT ?? port) : port,
    }
  }

  #path(stream: 'stdout' | 'stderr'): string {
    return join(this.#output, stream)
  }

  #read(stream: 'stdout' | 'stderr'): string {
    const path = this.#path(stream)
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  #lastLines(): string {
    return this.logs
      .slice(-10)
      .map((line) => `\n${JSON.stringify(line)}`)
      .join('')
  }
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return { level: 'none', msg: line }
  }
}

/** The npm package `node` brings the binary of the version that the tests name. */
export function runtimeProgram(runtime: Runtime): string {
  if (runtime === 'bun') return 'bun'
  return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node')
}
