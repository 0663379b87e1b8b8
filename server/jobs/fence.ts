// The walls around ffmpeg, which is a way in: what it decodes comes from strangers. The kernel bounds its processor time,
// memory, files and, where it can, takes the network away; its process group dies at once, and with this server.
// Nothing of this server's environment (keys, addresses) reaches it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'

export type Limits = {
  /** Wall time of one run. */
  readonly timeMs: number
  /** Without any progress for so long, it hangs. */
  readonly stallMs: number
  /** Address space. */
  readonly memoryBytes: number
  /** The largest file that it may write. */
  readonly fileBytes: number
  /** Threads of each codec; processor time is bounded by `timeMs` on each. */
  readonly threads: number
}

/** What this machine has to fence with; found once. */
export type FenceTools = {
  /** Words of a command line that runs the words behind it. */
  readonly wrap: readonly string[]
  readonly hasNoNetwork: boolean
}

const run = promisify(execFile)
/** No setting of ours, no key, no HOME: nothing that a decoder could read or be steered by. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin',
  LANG: 'C',
}
const PROBE_MS = 5000

/** Where each tool is not there or not allowed, the fence does without it. */
export async function findFenceTools(): Promise<FenceTools> {
  const works = async (...words: readonly string[]) => {
    try {
      await run('/bin/sh', ['-c', '"$@"', 'sh', ...words, 'true'], {
        env: ENVIRONMENT,
        timeout: PROBE_MS,
      })
      return true
    } catch {
      return false
    }
  }
  const firstOf = async (...wraps: readonly (readonly string[])[]) => {
    for (const wrap of wraps) if (await works(...wrap)) return wrap
    return []
  }
  const network = await firstOf(['unshare', '--net'], ['unshare', '--user', '--net'])
  // Behind unshare: a change of credentials would clear the signal again.
  const death = await firstOf(['setpriv', '--no-new-privs', '--pdeathsig', 'KILL'])
  const nice = await firstOf(['nice', '-n', '10'])
  return { wrap: [...network, ...death, ...nice], hasNoNetwork: network.length > 0 }
}

/** Not every system has every limit (macOS has none of memory): each is set for itself. */
function ulimits({ timeMs, memoryBytes, fileBytes, threads }: Limits): string {
  const seconds = Math.ceil((timeMs / 1000) * threads)
  const limits = {
    t: seconds,
    v: Math.floor(memoryBytes / 1024),
    // In blocks of 512 bytes.
    f: Math.ceil(fileBytes / 512),
    n: 64,
    c: 0,
  }
  const set = Object.entries(limits).map(([flag, n]) => `ulimit -${flag} ${n} 2>/dev/null || :`)
  return [...set, 'exec "$0" "$@"'].join('; ')
}

export type Fenced = {
  /** Path of the program. */
  program: string
  args: readonly string[]
  /** The only folder that it knows of. */
  cwd: string
  limits: Limits
  tools: FenceTools
}

/** Starts it as a process group of its own, stdin, stdout and stderr as pipes. */
export function spawnFenced({ program, args, cwd, limits, tools }: Fenced): ChildProcess {
  const words = [...tools.wrap, '/bin/sh', '-c', ulimits(limits), program, ...args]
  const [command = '', ...rest] = words
  return spawn(command, rest, { cwd, env: ENVIRONMENT, detached: true, stdio: 'pipe' })
}

/** SIGKILL to the whole group. Harmless when it is gone. */
export function killFenced(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // ESRCH: nobody is left.
  }
}

/** The program's absolute path, or null when there is none. */
export async function findProgram(name: string): Promise<string | null> {
  try {
    const { stdout } = await run('/bin/sh', ['-c', 'command -v -- "$0"', name], {
      timeout: PROBE_MS,
    })
    const path = stdout.trim()
    return path.startsWith('/') ? path : null
  } catch {
    return null
  }
}
