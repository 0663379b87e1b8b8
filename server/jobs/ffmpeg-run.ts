// One run of ffmpeg through fluent-ffmpeg, which writes the command line and reads the progress; the only file that knows
// it. The process itself is started inside our fence. It reads from a pipe and from nothing else: no protocol but `pipe`
// is allowed to it, and its demuxer is always named, so that no name inside the bytes is ever followed. Only when it joins
// what it made itself it may also read one file of that.
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { HoldfastError } from '@holdfast/protocol'
import createCommand from 'fluent-ffmpeg'
import { type FenceTools, killFenced, type Limits, spawnFenced } from './fence.ts'
import { LineRing } from './line-ring.ts'

export type Ffmpeg = {
  /** Absolute path. */
  readonly program: string
  /** As it says itself. */
  readonly version: string
  readonly tools: FenceTools
}

/** What may be read, by ffmpeg's own names. `mpegts` is never recorded: it is how we join what we made. */
export type Demuxer = 'matroska' | 'mp4' | 'mpegts'

/** null = drop it; `copy` = as it is. */
export type Coding = { codec: string; filters?: readonly string[]; options?: readonly string[] }

export type FfmpegRun = {
  ffmpeg: Ffmpeg
  limits: Limits
  /** The attempt's own folder, and ffmpeg's working directory. */
  folder: string
  input: AsyncIterable<Uint8Array>
  demuxer: Demuxer
  inputOptions?: readonly string[]
  /** A second input: a file that this server made. What was recorded comes through the pipe only. */
  beside?: { path: string; demuxer: Demuxer }
  video: Coding | null
  audio: Coding | null
  format: string
  outputOptions?: readonly string[]
  /** Name of a file in `folder`, or where the bytes go. */
  output: string | Writable
  /** Media time that is done, ms. */
  onProgress?: (doneMs: number) => void
  /** Kills it; its reason is what the run rejects with. */
  signal: AbortSignal
}

/** Larger than 8K, smaller than what would fill memory by its size alone. */
const MAX_PIXELS = 8192 * 8192
const KEPT_LINES = 40

/**
 * Resolves when ffmpeg ended well; no process is left when it settles.
 * @throws HoldfastError `job_limit`, `job_failed`, `ffmpeg_missing` (no such codec), what `input` threw, `signal.reason`,
 * why no process could be begun
 */
export async function runFfmpeg(options: FfmpegRun): Promise<void> {
  options.signal.throwIfAborted()
  const run = new Run(options)
  try {
    await run.done
  } finally {
    run.end()
  }
}

class Run {
  readonly #options: FfmpegRun
  readonly #source: Readable
  readonly #children = new Set<ChildProcess>()
  readonly #timers: NodeJS.Timeout[] = []
  #stall: NodeJS.Timeout | undefined
  #doneMs = -1
  /** Why it was killed by us. */
  #reason: unknown = null
  #isEnded = false
  readonly #end = Promise.withResolvers<void>()
  readonly done: Promise<void>

  constructor(options: FfmpegRun) {
    this.#options = options
    this.#source = Readable.from(this.#watched(options.input), { objectMode: false })
    this.done = this.#start()
  }

  /** Lets go of everything; called when the run is over. */
  end(): void {
    this.#isEnded = true
    clearTimeout(this.#stall)
    for (const timer of this.#timers) clearTimeout(timer)
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    for (const child of this.#children) killFenced(child)
    this.#source.destroy()
  }

  async #start(): Promise<void> {
    const { limits, signal } = this.#options
    signal.addEventListener('abort', this.#onAbort, { once: true })
    const late = () => this.#kill(limitError(`It took more than ${limits.timeMs} ms.`))
    this.#timers.push(setTimeout(late, limits.timeMs))
    this.#alive()
    const command = this.#command()
    command.on('end', () => this.#end.resolve())
    command.on('error', (error: Error & { inputStreamError?: unknown }) => {
      this.#fail(error.inputStreamError ?? failure(error, ''))
    })
    command.on('progress', ({ timemark }: { timemark?: string }) => this.#onProgress(timemark))
    command.run()
    await this.#end.promise
  }

  #fail(error: unknown): void {
    this.#end.reject(this.#reason ?? error)
  }

  readonly #onAbort = () => this.#kill(this.#options.signal.reason)

  #kill(reason: unknown): void {
    this.#reason ??= reason
    for (const child of this.#children) killFenced(child)
  }

  /** Something went on: bytes were read, or media time passed. */
  #alive(): void {
    if (this.#isEnded) return
    clearTimeout(this.#stall)
    const { stallMs } = this.#options.limits
    const hangs = () => this.#kill(limitError(`Nothing went on for ${stallMs} ms.`))
    this.#stall = setTimeout(hangs, stallMs)
  }

  #onProgress(timemark: string | undefined): void {
    const doneMs = readTimemark(timemark)
    if (doneMs === null || doneMs <= this.#doneMs) return
    this.#doneMs = doneMs
    this.#alive()
    this.#options.onProgress?.(doneMs)
  }

  async *#watched(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of input) {
      this.#alive()
      yield bytes
    }
  }

  #command() {
    const { demuxer, inputOptions = [], video, audio, format, output, limits } = this.#options
    const { outputOptions = [], folder, beside } = this.#options
    const threads = ['-threads', String(limits.threads)]
    const command = createCommand(this.#source, { cwd: folder, stdoutLines: KEPT_LINES })
    command.inputOptions([
      ...[
        '-hide_banner',
        '-nostdin',
        '-loglevel',
        'error',
        '-stats',
        '-protocol_whitelist',
        'pipe',
      ],
      ...['-max_pixels', String(MAX_PIXELS), ...threads, ...inputOptions, '-f', demuxer],
    ])
    if (beside) {
      command.input(beside.path)
      command.inputOptions(['-protocol_whitelist', 'file', '-f', beside.demuxer])
    }
    if (video) applyVideo(command, video)
    else command.noVideo()
    if (audio) applyAudio(command, audio)
    else command.noAudio()
    // Of what came from strangers only pictures and sound: no attachments, no subtitles, no words.
    command.outputOptions([
      ...['-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', ...threads],
      ...outputOptions,
    ])
    command.outputFormat(format)
    if (typeof output === 'string') command.output(join(folder, output))
    else command.output(output)
    return Object.assign(command, { _spawnFfmpeg: this.#spawn })
  }

  /**
   * Stands for fluent-ffmpeg's own function of this name, which knows neither groups nor limits nor another environment.
   * It calls this for its questions about codecs and formats too. It hears of good ends alone: what it does with others
   * throws where nobody can catch it, and that would end the server.
   */
  readonly #spawn: Spawn = (args, settings, ...callbacks) => {
    const ended = callbacks.at(-1) as EndCallback
    const started = callbacks.length > 1 ? (callbacks[0] as ProcessCallback) : () => undefined
    if (this.#reason) return this.#fail(this.#reason)
    const child = this.#begin(args.map(String))
    if (!child) return
    this.#children.add(child)
    const rings = followOutput(child, settings, (error, out, err) => {
      this.#children.delete(child)
      if (error) this.#fail(error)
      else ended(null, out, err)
    })
    // Without a process there are no pipes; why not is told a moment later.
    if (child.pid !== undefined) started(child, rings.out, rings.err)
  }

  #begin(args: readonly string[]): ChildProcess | null {
    const { ffmpeg, folder, limits } = this.#options
    const { program, tools } = ffmpeg
    try {
      return spawnFenced({ program, args, cwd: folder, limits, tools })
    } catch (error) {
      this.#fail(error)
      return null
    }
  }
}

type Command = ReturnType<typeof createCommand>
type EndCallback = (error: Error | null, out: LineRing, err: LineRing) => void
type ProcessCallback = (child: ChildProcess, out: LineRing, err: LineRing) => void
type SpawnSettings = { captureStdout?: boolean; stdoutLines?: number }
/** Called with the end alone, or with the beginning in front of it. */
type Spawn = (
  args: (string | number)[],
  settings: SpawnSettings,
  ...callbacks: [EndCallback] | [ProcessCallback, EndCallback]
) => void

function applyVideo(command: Command, { codec, filters = [], options = [] }: Coding): void {
  command.videoCodec(codec)
  if (filters.length > 0) command.videoFilters([...filters])
  if (options.length > 0) command.outputOptions([...options])
}

function applyAudio(command: Command, { codec, filters = [], options = [] }: Coding): void {
  command.audioCodec(codec)
  if (filters.length > 0) command.audioFilters([...filters])
  if (options.length > 0) command.outputOptions([...options])
}

/** Ends once, when the process is gone and its pipes are read to their end. */
function followOutput(child: ChildProcess, settings: SpawnSettings, onEnd: EndCallback) {
  const out = new LineRing(settings.stdoutLines ?? KEPT_LINES)
  const err = new LineRing(KEPT_LINES)
  const { captureStdout = false } = settings
  child.stderr?.on('data', (text: Uint8Array) => err.append(text))
  if (captureStdout) child.stdout?.on('data', (text: Uint8Array) => out.append(text))
  let isOver = false
  const finish = (problem: Error | string | null) => {
    if (isOver) return
    isOver = true
    out.close()
    err.close()
    const error = typeof problem === 'string' ? failure(new Error(problem), err.get()) : problem
    onEnd(error, out, err)
  }
  child.on('error', finish)
  child.on('close', (code, signal) => {
    if (signal) finish(`ffmpeg was killed with signal ${signal}`)
    else finish(code ? `ffmpeg exited with code ${code}` : null)
  })
  return { out, err }
}

const limitError = (message: string) => new HoldfastError('job_limit', { message })

/** How ffmpeg says that a wall of the fence was reached. */
const OUT_OF_ROOM = /File too large|Cannot allocate memory|malloc of size|Out of memory/i

function failure(error: Error, stderr: string): HoldfastError {
  const { message } = error
  if (/is not available|are not available/.test(message)) {
    return new HoldfastError('ffmpeg_missing', { message: `This server’s ffmpeg: ${message}.` })
  }
  const details = { stderr: stderr.slice(-2000) }
  const isLimit = /killed with signal SIG(KILL|XCPU|XFSZ)/.test(message) || OUT_OF_ROOM.test(stderr)
  const code = isLimit ? 'job_limit' : 'job_failed'
  return new HoldfastError(code, { details, cause: error })
}

/** `00:01:02.50` as ms; null for `N/A` and the like. */
function readTimemark(text: string | undefined): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '') ?? []
  if (seconds === undefined) return null
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000)
}
