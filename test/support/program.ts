// A program of the system that a test runs beside the servers: started on a port of its own, ended by its pid.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { waitFor } from './wait-for.ts'

type ProgramOptions = {
  command: string
  args: readonly string[]
  /** Whether it answers. */
  isReady: () => Promise<boolean>
}

const START_MS = 60_000
const MAX_OUTPUT = 20_000

export class Program {
  readonly #child: ChildProcess
  #output = ''

  private constructor({ command, args }: ProgramOptions) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-MAX_OUTPUT)
      })
    }
  }

  /** Resolves when it answers. @throws what it wrote when it ends instead */
  static async start(options: ProgramOptions): Promise<Program> {
    const program = new Program(options)
    const child = program.#child
    const ended = Promise.race([
      once(child, 'error').then(([error]) => String(error)),
      once(child, 'exit').then(([code, signal]) => `it ended with ${code ?? signal}`),
    ]).then((why) => {
      throw new Error(`${options.command}: ${why}: ${program.output}`)
    })
    ended.catch(() => undefined)
    const { isReady } = options
    await Promise.race([waitFor(options.command, isReady, { timeoutMs: START_MS }), ended])
    return program
  }

  /** The end of what it wrote, both streams. */
  get output(): string {
    return this.#output
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** To stop and continue it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return
    const gone = once(this.#child, 'exit')
    this.#child.kill(signal)
    await gone
  }
}

/** A port that nobody listens on now, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
