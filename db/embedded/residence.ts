// Where the cluster, its socket and the programs live for a given footing. Usually the data folder;
// elsewhere only when the server's account cannot enter that. Must never move or delete a cluster.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chown,
  cp,
  lchown,
  lstat,
  mkdir,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { HoldfastError } from '@holdfast/protocol'
import { findNativeFolder, type NativeFolder, POSTGRES_MAJOR } from './binaries.ts'
import type { Account, Footing } from './footing.ts'
import { serverEnvironment } from './settings.ts'

const execFileAsync = promisify(execFile)

export type Residence = {
  /** Holds the cluster and, where its path is short enough, the socket. */
  readonly home: string
  readonly clusterFolder: string
  readonly native: NativeFolder
  /** One line for the log when something is not where it usually is. */
  readonly note?: string
}

/** Where an existing or future cluster of `dataFolder` is, before any footing is known. */
export async function findCluster(
  dataFolder: string,
): Promise<{ folder: string; ownerUid: number | undefined }> {
  const entry = join(dataFolder, POSTGRES_MAJOR)
  const link = await lstat(entry).catch(() => undefined)
  if (link === undefined) return { folder: entry, ownerUid: undefined }
  const folder = await realpath(entry).catch((cause: unknown) => {
    const message = `${entry} points to a database folder that is not there. Bring it back, or remove the link to begin with an empty database.`
    throw new HoldfastError('database_failed', { message, cause })
  })
  return { folder, ownerUid: (await stat(folder)).uid }
}

/** The usual place, or for another account one that it can enter; makes missing folders. */
export async function settle(
  dataFolder: string,
  native: NativeFolder,
  footing: Footing,
): Promise<Residence> {
  const { folder, ownerUid } = await findCluster(dataFolder)
  const { account } = footing
  if (account === undefined) return { home: dirname(folder), clusterFolder: folder, native }
  const reachable = await reachableNative(native, footing)
  if (await canEnter(footing, dirname(dirname(folder)))) {
    return {
      home: dirname(folder),
      clusterFolder: folder,
      native: reachable,
      note: noteFor(account),
    }
  }
  if (ownerUid !== undefined) {
    const message = `${account.name} cannot enter ${folder}, and the database cannot run as root here. Move HOLDFAST_DATA_DIR to a folder that ${account.name} can enter.`
    throw new HoldfastError('database_failed', { message })
  }
  const home = join(COMMON_FOLDER, digest(dataFolder))
  await mkdir(home, { recursive: true })
  const note = `${noteFor(account)}, in ${home}: it cannot enter ${dataFolder}`
  return { home, clusterFolder: join(home, POSTGRES_MAJOR), native: reachable, note }
}

/** Gives the home, and a cluster that root made there, to the account. Only under the lock. */
export async function handOver(residence: Residence, account: Account): Promise<void> {
  await chown(residence.home, account.uid, account.gid)
  const owner = await stat(residence.clusterFolder).catch(() => undefined)
  if (owner === undefined || owner.uid === account.uid) return
  await chown(residence.clusterFolder, account.uid, account.gid)
  for (const entry of await readdir(residence.clusterFolder, { recursive: true })) {
    await lchown(join(residence.clusterFolder, entry), account.uid, account.gid)
  }
}

/** Makes a cluster that lives elsewhere findable from the data folder, whatever the next footing. */
export async function linkFromDataFolder(dataFolder: string, clusterFolder: string): Promise<void> {
  const entry = join(dataFolder, POSTGRES_MAJOR)
  if ((await lstat(entry).catch(() => undefined)) === undefined) await symlink(clusterFolder, entry)
}

const COMMON_FOLDER = '/var/lib/holdfast'

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16)

const noteFor = (account: Account): string => `the database runs as ${account.name}`

const canEnter = (footing: Footing, folder: string): Promise<boolean> =>
  succeeds(footing, 'cd "$1"', folder)

async function succeeds(footing: Footing, script: string, argument: string): Promise<boolean> {
  const [program, ...rest] = [...footing.prefix, 'sh', '-c', script, 'sh', argument]
  const env = serverEnvironment(undefined)
  return await execFileAsync(program, rest, { env }).then(
    () => true,
    () => false,
  )
}

/** The programs as installed, or a copy where the account can read them (a clone below /root). */
async function reachableNative(native: NativeFolder, footing: Footing): Promise<NativeFolder> {
  if (await succeeds(footing, 'test -x "$1" && test -r "$1"', native.postgres)) return native
  const { mtimeMs } = await stat(native.postgres)
  const copy = join(COMMON_FOLDER, `native-${digest(`${native.path}:${mtimeMs}`)}`)
  const there = await stat(copy).catch(() => undefined)
  if (there === undefined) await copyWhole(native.path, copy)
  return await findNativeFolder(copy)
}

// Copied aside and renamed, so that a copy under its final name is always whole.
async function copyWhole(from: string, to: string): Promise<void> {
  const partial = `${to}.${process.pid}`
  await mkdir(dirname(to), { recursive: true, mode: 0o755 })
  await cp(from, partial, { recursive: true, verbatimSymlinks: true })
  await rename(partial, to).catch(async (error: unknown) => {
    await rm(partial, { recursive: true })
    if ((await stat(to).catch(() => undefined)) === undefined) throw error
  })
}
