// A program under test: started as a child process, asked for its CPU time, ended.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'

/** Linux counts CPU time in 1/100 s for programs, whatever its own tick is. */
const MS_PER_TICK = 10
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
    const all = await processes()
    const { pid = 0 } = this.#child
    const own = all.find((one) => one.pid === pid)
    if (!own) return null
    const below = new Set([pid])
    // Children have higher ids than their parents, short of a wrap-around.
    for (const one of all) if (below.has(one.parent)) below.add(one.pid)
    const children = all.filter((one) => below.has(one.pid) && one !== own)
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

type Process = { pid: number; parent: number; cpuMs: number }

async function processes(): Promise<Process[]> {
  const names = await readdir('/proc').catch(() => [])
  const pids = names.map(Number).filter((pid) => pid > 0)
  const all = await Promise.all(pids.map(readProcess))
  return all.filter((one) => one !== null).sort((a, b) => a.pid - b.pid)
}

async function readProcess(pid: number): Promise<Process | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  // The name may hold spaces and brackets; what follows its last bracket does not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number)
  return { pid, parent: parent ?? 0, cpuMs: ((user ?? 0) + (system ?? 0)) * MS_PER_TICK }
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
