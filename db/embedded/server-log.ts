// What the server says on stderr: passed on line by line, and its end kept for error messages.
// Must never grow without bound.
import type { Readable } from 'node:stream'

export type EmbeddedLog = (level: 'info' | 'warn' | 'error', message: string) => void

const KEPT_LINES = 40

/** Reads `stream` to its end; `tail` holds the last lines at any moment. */
export class ServerLog {
  readonly tail: string[] = []
  readonly #log: EmbeddedLog
  #level: 'info' | 'warn' | 'error' = 'info'
  #rest = ''

  constructor(log: EmbeddedLog) {
    this.#log = log
  }

  follow(stream: Readable): void {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => this.#take(text))
    stream.on('end', () => this.#take('\n'))
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') this.#write(line)
  }

  #write(line: string): void {
    this.tail.push(line)
    if (this.tail.length > KEPT_LINES) this.tail.shift()
    this.#level = levelOf(line) ?? this.#level
    this.#log(this.#level, `postgres: ${line}`)
  }
}

// FATAL ends one connection ("the database system is shutting down"), PANIC the whole server; an
// ERROR has gone to whoever sent the statement. DETAIL and HINT keep the level of their line.
function levelOf(line: string): 'info' | 'warn' | 'error' | undefined {
  const word = /^([A-Z]+): /.exec(line)?.[1]
  if (word === 'PANIC') return 'error'
  if (word === 'FATAL' || word === 'WARNING') return 'warn'
  return word === 'LOG' || word === 'ERROR' ? 'info' : undefined
}
