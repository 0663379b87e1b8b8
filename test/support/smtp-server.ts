// The mail server of the tests, started as a process: what it was given can be read here.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { waitFor } from './wait-for.ts'

export type SentMail = {
  to: string[]
  from: string
  subject: string
  text: string
  html: string
  messageId: string
}

const PROGRAM = fileURLToPath(new URL('smtp-program.ts', import.meta.url))

export class SmtpServer {
  readonly mails: SentMail[] = []
  readonly #child: ChildProcess
  #port: number | null = null

  private constructor() {
    this.#child = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] })
    const { stdout } = this.#child
    if (!stdout) throw new Error('the mail server has no output')
    createInterface({ input: stdout }).on('line', (line) => this.#take(JSON.parse(line)))
  }

  static async start(): Promise<SmtpServer> {
    const server = new SmtpServer()
    await waitFor('the mail server', () => server.#port)
    return server
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`
  }

  to(address: string): SentMail[] {
    return this.mails.filter((mail) => mail.to.includes(address))
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await gone
  }

  #take(line: { port: number } | SentMail): void {
    if ('port' in line) this.#port = line.port
    else this.mails.push(line)
  }
}
