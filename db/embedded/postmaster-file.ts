// postmaster.pid, the file in which a running server says who it is and whether it is ready.
// Must never be removed while it says anything: its last lines are how Postgres itself finds what a crash left behind.
import { readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
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

/** Younger than this it may be one that another server has just made and not written yet. */
const NEW_MS = 1000

/**
 * Postgres refuses to start while *any* process of this account has the recorded pid. This puts one there that nobody
 * has; Postgres then makes its own checks for what the last server left. One that says nothing, as after a power cut
 * between its making and its sync, would stop every start, and is the only one that is removed: nothing in it could be
 * found. Only under the lock. Resolves to false when there is none.
 */
export async function disownPostmasterFile(clusterFolder: string): Promise<boolean> {
  const file = path(clusterFolder)
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return false
  if (!/^-?\d/.test(text)) {
    const { mtimeMs } = await stat(file)
    if (Math.abs(Date.now() - mtimeMs) > NEW_MS) await unlink(file)
    return true
  }
  const fresh = `${file}.new`
  // Synced, or a power cut may leave it empty in the old one's place.
  await writeFile(fresh, text.replace(/^-?\d+/, String(NOBODYS_PID)), { mode: 0o600, flush: true })
  await rename(fresh, file)
  return true
}
