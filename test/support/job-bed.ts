// A server that makes things from recordings, and short words for what tests ask of it. The programs that stand for an
// ffmpeg are real ones, written as scripts: one that is slow, one that hangs, one that does not know when to end.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordedTake } from './corpus.ts'
import type { Runtime } from './server.ts'
import { waitFor } from './wait-for.ts'
import { WireBed } from './wire-bed.ts'
import { bearer, type Made } from './wire-client.ts'

export type JobBody = {
  job: string
  version: number
  status: string
  progress: number
  bytes: number | null
  code: string | null
}

type MadeView = { jobs: JobBody[]; mp4Url: string | null; thumbnailUrl: string | null }

const QUICK = { HOLDFAST_GRACE_MS: '60000', HOLDFAST_LEASE_MS: '2000' }

export class JobBed {
  readonly wire: WireBed

  private constructor(wire: WireBed) {
    this.wire = wire
  }

  static async start(runtime: Runtime, env: Record<string, string> = {}): Promise<JobBed> {
    return new JobBed(await WireBed.start(runtime, { ...QUICK, ...env }))
  }

  /** A recording of these slices, stopped and ready. */
  async record(
    { slices, mimeType }: Pick<RecordedTake, 'slices' | 'mimeType'>,
    parts: Record<string, unknown> = {},
  ): Promise<Made> {
    const { http } = this.wire
    const made = await http.create(parts)
    for (const [seq, slice] of slices.entries()) {
      const { status } = await http.put(made, { take: 0, seq }, slice, { 'Content-Type': mimeType })
      if (status !== 201) throw new Error(`chunk ${seq}: ${status}`)
    }
    await this.stop(made, slices.length)
    await http.untilStatus(made, 'ready', 1)
    return made
  }

  async stop({ id, token }: Made, chunks: number): Promise<void> {
    const body = JSON.stringify({ token, takes: [{ take: 0, chunks }] })
    const { status } = await this.wire.http.call('POST', `/api/recordings/${id}/stop`, body)
    if (status !== 202) throw new Error(`stop: ${status}`)
  }

  get({ id, token }: Made, name: string, headers: Record<string, string> = {}): Promise<Response> {
    const url = `${this.wire.url}/api/recordings/${id}/${name}`
    return fetch(url, { headers: { ...bearer(token), ...headers } })
  }

  /** Asks until it is there, as a reader does who is told to come back. */
  async made(of: Made, name: string, timeoutMs = 15_000): Promise<Response> {
    const probe = async () => {
      const response = await this.get(of, name)
      if (response.status !== 202) return response
      await response.body?.cancel()
      return null
    }
    return await waitFor(`${name} of ${of.id}`, probe, { timeoutMs })
  }

  async view(made: Made): Promise<MadeView> {
    return (await this.wire.http.view(made)).body as unknown as MadeView
  }

  async untilJob(made: Made, job: string, isSo: (job: JobBody) => boolean): Promise<JobBody> {
    const probe = async () =>
      (await this.view(made)).jobs.find((one) => one.job === job && isSo(one))
    return await waitFor(`${job} of ${made.id}`, probe)
  }

  call(method: 'POST' | 'DELETE', { id, token }: Made, kind: string) {
    const path = `/api/recordings/${id}/jobs/${kind}`
    return this.wire.http.call<JobBody>(method, path, null, bearer(token))
  }

  /** What lies in the recording's folder beside its segments. */
  leftovers({ id }: Made): string[] {
    const folder = join(this.wire.server.dataDir, 'store', id.slice(-2), id)
    return readdirSync(folder).filter((name) => !name.endsWith('.seg'))
  }
}

/** Resolves when no process is left whose command line holds this text. */
export async function noneLeft(text: string): Promise<void> {
  const isOver = () => processesWith(text).length === 0
  await waitFor('no ffmpeg to be left', isOver, { timeoutMs: 60_000 })
}

/** Processes whose command line holds this text. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
      } catch {
        return false // It ended while we looked.
      }
    })
}

/** Answers as ffmpeg does what it is asked about itself. */
const ABOUT = 'case "$1" in -version|-formats|-encoders) exec ffmpeg "$@";; esac'

export const PROGRAMS = {
  /** As slow as the recording is long; what is only joined is quick. */
  slow: 'case "$*" in *"-f mpegts -i "*) exec ffmpeg "$@";; esac\nexec ffmpeg -re "$@"',
  /** Writes down what it is to make, and waits while a file `hold-<its name>` lies beside it. */
  held: `here=$(dirname "$0"); for last; do :; done; last=$(basename "$last")
echo "$last" >> "$here/runs"
while [ -e "$here/hold-$last" ]; do sleep 0.05; done
exec ffmpeg "$@"`,
  /** Does nothing, in a process of its own. */
  hangs: 'sleep 600 & wait',
  /** Reads nothing, writes nothing, and does not notice when its input ends. */
  neverEnds: 'exec tail -f /dev/null -- "$@"',
  spins: 'while :; do :; done',
  eatsMemory: 'x=0123456789abcdef; while :; do x=$x$x; done',
  writesForEver: 'exec cat /dev/zero > endless.mp4',
  tellsEnvironment: 'env >&2; exit 3',
  tellsNetwork: 'grep -c : /proc/net/dev >&2; exit 3',
} as const

/** The `held` program from outside: what it was asked to make, and where it waits. */
export class HeldProgram {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** @param folder where its path will be `<folder>/held` */
  static async write(folder: string): Promise<HeldProgram> {
    await writeProgram(folder, 'held')
    return new HeldProgram(folder)
  }

  get path(): string {
    return join(this.#folder, 'held')
  }

  hold(name: string): Promise<void> {
    return writeFile(join(this.#folder, `hold-${name}`), '')
  }

  release(name: string): Promise<void> {
    return rm(join(this.#folder, `hold-${name}`))
  }

  /** Names of files, in the order in which it began with them. */
  get runs(): string[] {
    const path = join(this.#folder, 'runs')
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
  }

  /** Resolves when it began with this file so often. */
  async began(name: string, times: number): Promise<void> {
    const often = () => this.runs.filter((one) => one === name).length >= times
    await waitFor(`${name} to begin`, often, { timeoutMs: 60_000 })
  }
}

/** Puts a program into a folder; its path. */
export async function writeProgram(folder: string, name: keyof typeof PROGRAMS): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\n${ABOUT}\n${PROGRAMS[name]}\n`)
  await chmod(path, 0o755)
  return path
}
