// A started server, until it ends: ready or failed, stopped in steps, or dead by itself. Owns the
// child process; must never leave it behind when this process exits in an ordinary way.
import { setTimeout as sleep } from 'node:timers/promises'
import { databaseFailure } from './failure.ts'
import type { Gate, ServerExit } from './gate.ts'
import { readPostmasterFile } from './postmaster-file.ts'

const READY_POLL_MS = 5

// Fast shutdown ends sessions and writes a checkpoint. If a slow disk makes that too long, immediate
// shutdown leaves the work to the log replay of the next start. Neither loses a commit.
const STEPS = [
  ['SIGINT', 30_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 10_000],
] as const

/**
 * Resolves when the server accepts connections, however long the replay of its log takes. Throws
 * when it ended instead, or `signal` was aborted: then it is gone.
 */
export async function untilReady(
  gate: Gate,
  clusterFolder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let exit: ServerExit | undefined
  void gate.exited.then((it) => {
    exit = it
  })
  for (;;) {
    if (exit !== undefined) throw databaseFailure('The database did not start', gate.serverLog.tail)
    const file = await readPostmasterFile(clusterFolder)
    if (file?.pid === gate.pid && file.status === 'ready') return
    signal?.throwIfAborted()
    await Promise.race([sleep(READY_POLL_MS), gate.exited])
  }
}

/** Resolves when the process is gone. */
export async function stopServer(gate: Gate): Promise<void> {
  for (const [signal, patienceMs] of STEPS) {
    gate.child.kill(signal)
    const timer = new AbortController()
    const late = sleep(patienceMs, 'late', { signal: timer.signal }).catch(() => 'stopped')
    const outcome = await Promise.race([gate.exited, late])
    timer.abort()
    if (outcome !== 'late') return
  }
}

/** Where the kernel does not do it (macOS): an exit of this process shuts the server down. */
export function tieToThisProcess(gate: Gate): void {
  const shutDown = (): void => {
    gate.child.kill('SIGINT')
  }
  process.once('exit', shutDown)
  void gate.exited.then(() => process.off('exit', shutDown))
}
