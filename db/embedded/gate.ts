// The gate: one child process that takes the folder's lock, waits for our word, and then becomes
// Postgres by exec. So the kernel holds the lock exactly as long as any process of the server lives,
// and no moment lies between "the folder is ours" and "the server runs in it".
import { type ChildProcess, spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import type { Footing } from './footing.ts'
import { type EmbeddedLog, ServerLog } from './server-log.ts'

// fd 3 is the lock file; the server and its backends inherit it. Where there is no flock program
// (macOS) Postgres' own postmaster.pid check is the only lock. End of input means that we died.
const SCRIPT = `
if command -v flock >/dev/null 2>&1; then flock -n 3 || exit $((74 + $?)); fi
echo locked
IFS= read -r word && [ "$word" = go ] || exit 74
exec "$@"
`
const LOCK_IS_HELD = 75

export type GateRequest = {
  readonly footing: Footing
  readonly lockFile: string
  readonly program: readonly string[]
  readonly env: Record<string, string>
  readonly log: EmbeddedLog
}

/** The lock is ours while `child` lives. */
export type Gate = {
  readonly child: ChildProcess
  readonly pid: number
  readonly serverLog: ServerLog
  /** Resolves when the process is gone and its output was read. */
  readonly exited: Promise<ServerExit>
}

export type ServerExit = { readonly code: number | null; readonly signal: string | null }

/** `held`: another process has the lock. `refused`: this footing does not work on this machine. */
export type GateResult =
  | { readonly kind: 'locked'; readonly gate: Gate }
  | { readonly kind: 'held' }
  | { readonly kind: 'refused'; readonly reason: string }

/** Takes the lock without waiting for it. */
export async function holdGate(request: GateRequest): Promise<GateResult> {
  const lock = await open(request.lockFile, 'a', 0o600)
  try {
    const child = spawnGate(request, lock.fd)
    const serverLog = new ServerLog(request.log)
    if (child.stderr !== null) serverLog.follow(child.stderr)
    const exited = new Promise<ServerExit>((resolve) => {
      child.once('error', (error) => {
        serverLog.tail.push(error.message)
        resolve({ code: null, signal: null })
      })
      child.once('close', (code, signal) => resolve({ code, signal }))
    })
    const first = await Promise.race([firstWord(child), exited])
    if (first === 'locked') {
      return { kind: 'locked', gate: { child, pid: child.pid ?? 0, serverLog, exited } }
    }
    const { code } = await exited
    return code === LOCK_IS_HELD
      ? { kind: 'held' }
      : { kind: 'refused', reason: serverLog.tail.join(' ') || `exit ${code}` }
  } finally {
    await lock.close() // The child has its own copy; ours would keep the lock after its death.
  }
}

/** Lets the program start. */
export function openGate(gate: Gate): void {
  gate.child.stdin?.end('go\n')
}

/** Gives the lock back without having started anything. */
export async function closeGate(gate: Gate): Promise<void> {
  gate.child.stdin?.end()
  await gate.exited
}

function spawnGate(request: GateRequest, lockFd: number): ChildProcess {
  const command = [...request.footing.prefix, 'sh', '-c', SCRIPT, 'postgres', ...request.program]
  const child = spawn(command[0] ?? 'sh', command.slice(1), {
    // A session of its own: Ctrl-C in a terminal is for us, who then stop the server last.
    detached: true,
    env: request.env,
    stdio: ['pipe', 'pipe', 'pipe', lockFd],
  })
  // EPIPE when the gate dies before it is opened or closed: `exited` tells.
  child.stdin?.on('error', () => undefined)
  return child
}

function firstWord(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on('data', (data: Buffer) => {
      const text = data.toString().trim()
      if (text !== '') resolve(text)
    })
  })
}
