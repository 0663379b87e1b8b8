// The last lines that a program wrote, in the shape in which fluent-ffmpeg asks for them.

export class LineRing {
  readonly #maxLines: number
  readonly #lines: string[] = []
  readonly #callbacks: ((line: string) => void)[] = []
  #rest = ''

  /** @param maxLines 0 = all: only for what is known to be short */
  constructor(maxLines: number) {
    this.#maxLines = maxLines
  }

  /** Calls `told` for each line that is kept, and for each that comes. */
  callback(told: (line: string) => void): void {
    for (const line of this.#lines) told(line)
    this.#callbacks.push(told)
  }

  append(text: string | Uint8Array): void {
    // ffmpeg ends the lines of its progress with a lone carriage return.
    const lines = (this.#rest + (typeof text === 'string' ? text : decode(text))).split(
      /\r\n|\r|\n/,
    )
    this.#rest = (lines.pop() ?? '').slice(-MAX_LINE_CHARS)
    for (const line of lines) this.#add(line.slice(0, MAX_LINE_CHARS))
  }

  close(): void {
    if (this.#rest !== '') this.#add(this.#rest)
    this.#rest = ''
  }

  get(): string {
    return this.#lines.join('\n')
  }

  #add(line: string): void {
    this.#lines.push(line)
    if (this.#maxLines > 0 && this.#lines.length > this.#maxLines) this.#lines.shift()
    for (const told of this.#callbacks) told(line)
  }
}

const MAX_LINE_CHARS = 2000
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
