// Who has the data folder: another launcher, an orphan that a killed launcher left, or nobody.
// A verdict needs proof that the pid is that very process; a pid alone decides nothing.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'
import { readPostmasterFile } from './postmaster-file.ts'
import {
  identifyProcess,
  isSameProcess,
  ownPidNamespace,
  type ProcessIdentity,
  worksIn,
} from './process-identity.ts'

/** `launcher.json`: written under the lock by whoever starts the server. */
export type LaunchRecord = {
  readonly launcher: ProcessIdentity
  readonly postmaster: number
  readonly socketFolder: string
}

export type Holder =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'orphan'; readonly postmaster: number }
  | { readonly kind: 'process'; readonly pid: number }

const recordPath = (dataFolder: string): string => join(dataFolder, 'launcher.json')

export async function writeLaunchRecord(
  dataFolder: string,
  postmaster: number,
  socketFolder: string,
): Promise<void> {
  const launcher = await identifyProcess(process.pid)
  const text = JSON.stringify({ launcher, postmaster, socketFolder })
  const fresh = `${recordPath(dataFolder)}.${process.pid}`
  await writeFile(fresh, `${text}\n`, { mode: 0o600 })
  await rename(fresh, recordPath(dataFolder))
}

/** Undefined when there is none, or it cannot be read: a power cut may leave an empty file. */
export async function readLaunchRecord(dataFolder: string): Promise<LaunchRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(recordPath(dataFolder), 'utf8')) as LaunchRecord
    return typeof record.launcher?.pid === 'number' ? record : undefined
  } catch {
    return undefined
  }
}

/** Who visibly runs a server in the folder now. `nobody` says nothing about the lock. */
export async function findHolder(dataFolder: string, clusterFolder: string): Promise<Holder> {
  const [record, file] = await Promise.all([
    readLaunchRecord(dataFolder),
    readPostmasterFile(clusterFolder),
  ])
  if (file === undefined || !(await worksIn(file.pid, clusterFolder))) return { kind: 'nobody' }
  // Started by hand, perhaps: not ours to stop.
  if (record?.postmaster !== file.pid) return { kind: 'process', pid: file.pid }
  return (await isSameProcess(record.launcher))
    ? { kind: 'process', pid: record.launcher.pid }
    : { kind: 'orphan', postmaster: file.pid }
}

/** True when the last launcher lived in another container, whose processes cannot be seen here. */
export async function isFromElsewhere(record: LaunchRecord): Promise<boolean> {
  return record.launcher.pidNamespace !== (await ownPidNamespace())
}

export function lockedError(
  dataFolder: string,
  pid: number | undefined,
  elsewhere = false,
): HoldfastError {
  const who = pid === undefined ? 'another process' : `process ${pid}`
  const where = elsewhere ? ' of another container' : ''
  const message = `The database in ${dataFolder} is in use by ${who}${where}. Stop it first, or choose another HOLDFAST_DATA_DIR.`
  return new HoldfastError('database_locked', { message, details: { dataFolder, pid } })
}
