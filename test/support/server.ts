// The real server as a process of its own, on Bun or on Node, with a data folder that goes with it. Killed by
// its pid only; started again on the same port and the same data.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type Runtime = 'bun' | 'node'
export const RUNTIMES: readonly Runtime[] = ['bun', 'node']

export type ServerOptions = {
  /** @default bun */
  runtime?: Runtime
  /** Settings; the environment of the test itself is not passed on, except what programs need to run. */
  env?: Record<string, string>
  /** Used again and left alone. @default a temporary folder, removed by `stop` */
  dataDir?: string
}

/** One line of the server's log. */
export type LogLine = { level: string; msg: string; [fact: string]: unknown }

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url))
const START_MS = 30_000
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG']

export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'holdfast-server-')))
  const server = new ServerProcess(options, dataDir)
  await server.start()
  return server
}

export class ServerProcess {
  readonly dataDir: string
  /** Every line since the first start, parsed where it is the server's own. */
  readonly logs: LogLine[] = []
  /** What it wrote to stderr: why a start was refused. */
  stderr = ''
  readonly #options: ServerOptions
  #child: ChildProcess | null = null
  #url: string | null = null

  constructor(options: ServerOptions, dataDir: string) {
    this.#options = options
    this.dataDir = dataDir
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
    const child = spawn(program(this.#options.runtime ?? 'bun'), [MAIN], {
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    const listening = new Promise<string>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const entry = parse(line)
        this.logs.push(entry)
        if (typeof entry.url === 'string' && entry.msg.includes('listening')) resolve(entry.url)
      })
    })
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`the server ended (${code ?? signal}): ${this.stderr}${this.#lastLines()}`)
    })
    this.#url = await Promise.race([listening, ended, this.#timeOut(START_MS)])
    ended.catch(() => undefined)
  }

  /** Sends a signal and waits for the end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const child = this.#child
    if (!child || !this.isRunning) return child?.exitCode ?? null
    // Not `exit`: its last lines may still be on their way.
    const gone = once(child, 'close')
    child.kill(signal)
    await gone
    return child.exitCode
  }

  /** Starts it again on the same port and data, after `kill`; or stops it gracefully first. */
  async restart(): Promise<void> {
    await this.kill('SIGTERM')
    await this.start()
  }

  /** Ends it gracefully and removes its data. */
  async stop(): Promise<void> {
    await this.kill('SIGTERM')
    if (this.#options.dataDir !== undefined) return
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 })
  }

  #environment(): Record<string, string> {
    const own = PASSED_ON.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    })
    const port = this.#url === null ? '0' : new URL(this.#url).port
    return {
      ...(Object.fromEntries(own) as Record<string, string>),
      HOLDFAST_DATA_DIR: this.dataDir,
      ...this.#options.env,
      PORT: this.#url === null ? (this.#options.env?.PORT ?? port) : port,
    }
  }

  #timeOut(ms: number): Promise<never> {
    return new Promise((_, reject) => {
      setTimeout(() => {
        reject(new Error(`no server after ${ms} ms: ${this.stderr}${this.#lastLines()}`))
      }, ms).unref()
    })
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
function program(runtime: Runtime): string {
  if (runtime === 'bun') return 'bun'
  return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node')
}
