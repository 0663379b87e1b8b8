// A server whose launcher is gone, where the kernel could not end it with the launcher (macOS), or
// has only just begun to. It is shut down, so that the one we start is again tied to our life.
import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '@holdfast/protocol'
import { worksIn } from './process-identity.ts'
import type { EmbeddedLog } from './server-log.ts'

// Fast shutdown writes a checkpoint; immediate shutdown replays the log at the next start instead.
// Both keep every commit.
const FAST_MS = 30_000
const IMMEDIATE_MS = 10_000
const POLL_MS = 20

/** Resolves when the orphan has ended. */
export async function stopOrphan(
  postmaster: number,
  clusterFolder: string,
  log: EmbeddedLog,
): Promise<void> {
  log('warn', `stopping the database server ${postmaster}, which its launcher left behind`)
  for (const [signal, patienceMs] of [
    ['SIGINT', FAST_MS],
    ['SIGQUIT', IMMEDIATE_MS],
  ] as const) {
    if (!(await worksIn(postmaster, clusterFolder))) return
    process.kill(postmaster, signal)
    const deadline = Date.now() + patienceMs
    while (Date.now() < deadline) {
      if (!(await worksIn(postmaster, clusterFolder))) return
      await sleep(POLL_MS)
    }
  }
  const message = `The database server ${postmaster}, left behind in ${clusterFolder}, does not stop. End it, then start again.`
  throw new HoldfastError('database_locked', { message })
}
