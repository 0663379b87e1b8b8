// postmaster.pid, the file in which a running server says who it is and whether it is ready.
// Must never be removed: its last lines are how Postgres itself finds what a crash left behind.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type PostmasterFile = { readonly pid: number; readonly status: string }

const path = (clusterFolder: string): string => join(clusterFolder, 'postmaster.pid')

/** Undefined when there is none, or when it is still being written. */
export async function readPostmasterFile(
  clusterFolder: string,
): Promise<PostmasterFile | undefined> {
  // Lines (miscadmin.h): pid, folder, start, port, socket folder, address, shared memory, status.
  const text = await readFile(path(clusterFolder), 'utf8').catch(() => '')
  const lines = text.split('\n').map((line) => line.trim())
  // Negative for a server that runs single-user.
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10))
  return Number.isNaN(pid) || pid === 0 ? undefined : { pid, status: lines[7] ?? '' }
}

// Above every pid_max, so that kill() answers ESRCH.
const NOBODYS_PID = 2_147_483_646

/**
 * Postgres refuses to start while *any* process of this account has the recorded pid. This puts one
 * there that nobody has; Postgres then makes its own checks for what the last server left.
 */
export async function disownPostmasterFile(clusterFolder: string): Promise<void> {
  const text = await readFile(path(clusterFolder), 'utf8')
  const fresh = `${path(clusterFolder)}.new`
  await writeFile(fresh, text.replace(/^-?\d+/, String(NOBODYS_PID)), { mode: 0o600 })
  await rename(fresh, path(clusterFolder))
}
