// The folder of the server's socket: short, private, and all that stands between the database and
// other users of the machine, since there is no password. Must never be one that others can enter.
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, rmdir, unlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Account } from './footing.ts'

// sun_path has 108 bytes on Linux, 104 on macOS, with the final zero.
const LONGEST_PATH_BYTES = process.platform === 'linux' ? 107 : 103

// Postgres splits the setting at commas and clients split hosts at colons.
const PLAIN_PATH = /^[\w./+@-]+$/

/** `<home>/run`, or a new private folder below the system's temporary one if that path is too long. */
export async function makeSocketFolder(
  home: string,
  port: number,
  account: Account | undefined,
): Promise<string> {
  const usual = join(home, 'run')
  const folder = (await isUsable(usual, port)) ? usual : await makeTemporary(port)
  await chmod(folder, 0o700)
  if (account !== undefined) await chown(folder, account.uid, account.gid)
  return folder
}

/** Removes the sockets that a killed server left; only when no server runs there. */
export async function clearSockets(folder: string, account: Account | undefined): Promise<void> {
  if (!(await isOurs(folder, account))) return
  for (const name of await readdir(folder)) {
    if (name.startsWith('.s.PGSQL.')) await unlink(join(folder, name))
  }
}

/** Removes a temporary folder, whose server is gone; the usual one may have its next server. */
export async function dropTemporary(folder: string, account: Account | undefined): Promise<void> {
  if (!basename(folder).startsWith(PREFIX) || !(await isOurs(folder, account))) return
  await clearSockets(folder, account)
  await rmdir(folder)
}

const PREFIX = 'holdfast-'

function fits(folder: string, port: number): boolean {
  const path = join(folder, `.s.PGSQL.${port}`)
  // Its lock file has a longer name, but is an ordinary file.
  return Buffer.byteLength(path) <= LONGEST_PATH_BYTES && PLAIN_PATH.test(path)
}

const makeTemporary = (port: number): Promise<string> => {
  const parent = fits(join(tmpdir(), `${PREFIX}XXXXXX`), port) ? tmpdir() : '/tmp'
  return mkdtemp(join(parent, PREFIX))
}

async function isUsable(folder: string, port: number): Promise<boolean> {
  if (!fits(folder, port)) return false
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return await holdsSockets(folder)
}

// Folders shared with a virtual machine's host (virtiofs, 9p) hold files but no sockets.
function holdsSockets(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(join(folder, `.${process.pid}`), () => server.close(() => resolve(true)))
  })
}

// In a shared temporary folder the name may meanwhile belong to somebody else, or be a link.
async function isOurs(folder: string, account: Account | undefined): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined)
  if (found === undefined || !found.isDirectory()) return false
  return found.uid === process.getuid?.() || found.uid === account?.uid
}
