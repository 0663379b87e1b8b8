// A program under test: started as a child process, asked for its CPU time, ended.
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { processTree } from './process-table.ts'

const START_TIMEOUT_MS = 60_000

export type CpuTime = {
  /** The process itself. */
  readonly ownMs: number
  /** Its children, and theirs: the database. */
  readonly childrenMs: number
}

export class Program {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
  }

  /** Runs `bun <file>` with a free PORT and resolves when `path` answers with a status below 500. */
  static async start(file: string, path: string, env: Record<string, string>): Promise<Program> {
    const port = await freePort()
    const child = spawn(process.execPath, [file], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, LOG_LEVEL: 'warn', ...env, PORT: String(port) },
    })
    const program = new Program(child, `http://127.0.0.1:${port}`)
    await program.#answers(path)
    return program
  }

  async #answers(path: string): Promise<void> {
    const endAt = performance.now() + START_TIMEOUT_MS
    while (performance.now() < endAt && this.#child.exitCode === null) {
      const answer = await fetch(this.url + path).catch(() => null)
      if (answer && answer.status < 500) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await this.stop()
    throw new Error(`The program at ${this.url} did not start.`)
  }

  /** null where the system has no /proc. */
  async cpuTime(): Promise<CpuTime | null> {
    const [own, ...children] = await processTree(this.#child.pid ?? 0)
    if (!own) return null
    return { ownMs: own.cpuMs, childrenMs: children.reduce((sum, one) => sum + one.cpuMs, 0) }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(timer)
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
