// Starts the embedded database: claim the folder, put it in order, open the gate, wait until ready.
// Must never return a server whose acks could be lost, nor leave one behind when it throws.
import { mkdir, realpath } from 'node:fs/promises'
import { findNativeFolder } from './binaries.ts'
import { type Claim, claimFolder } from './claim.ts'
import { prepareCluster } from './cluster.ts'
import { asDatabaseError } from './failure.ts'
import { closeGate, openGate, type ServerExit } from './gate.ts'
import { readLaunchRecord, writeLaunchRecord } from './holder.ts'
import { disownPostmasterFile } from './postmaster-file.ts'
import { isSameProcess } from './process-identity.ts'
import { handOver, linkFromDataFolder } from './residence.ts'
import { stopServer, tieToThisProcess, untilReady } from './running.ts'
import type { EmbeddedLog } from './server-log.ts'
import { DATABASE_NAME, DATABASE_USER } from './settings.ts'
import { clearSockets, dropTemporary } from './socket-folder.ts'

export type EmbeddedPostgresOptions = {
  /** A folder for the database alone; made (mode 0700) if it is missing. */
  readonly dataDir: string
  /** Gets the server's own lines too. @default silent */
  readonly log?: EmbeddedLog
  /** Gives up the start; nothing is left running. Without effect once it has started. */
  readonly signal?: AbortSignal
  /** Only part of the socket's name; no TCP port is opened. @default 5432 */
  readonly port?: number
  /** A folder with `bin`, `lib` and `share` of Postgres 18. @default the installed package */
  readonly nativeFolder?: string
}

/** `host` is the folder of the socket. There is no password: only this account can enter it. */
export type EmbeddedConnection = {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

export interface EmbeddedPostgres {
  readonly connection: EmbeddedConnection
  /** The same for psql and pg_dump (libpq); postgres.js cannot read a socket from a URL. */
  readonly url: string
  readonly pid: number
  /** Resolves when the server is gone: after `stop`, or because something killed it. */
  readonly exited: Promise<ServerExit>
  /** Ends all sessions and resolves when the server is gone. May be called again. */
  stop(): Promise<void>
}

const silent: EmbeddedLog = () => undefined

/**
 * Resolves when the database accepts connections. The server ends with this process, also when that
 * is SIGKILLed; call it on a thread that lives as long as the database is needed. Throws
 * `database_locked`, `database_missing`, `disk_full` or `database_failed`.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  try {
    return await start(options)
  } catch (error) {
    throw options.signal?.aborted === true ? error : asDatabaseError(error, options.dataDir)
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log = silent, signal, port = 5432 } = options
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const dataFolder = await realpath(options.dataDir)
  const native = await findNativeFolder(options.nativeFolder)
  const claim = await claimFolder({ dataFolder, native, port, log, signal })
  try {
    await putInOrder(claim, dataFolder, log)
    signal?.throwIfAborted()
  } catch (error) {
    await closeGate(claim.gate)
    await dropTemporary(claim.socketFolder, claim.footing.account)
    throw error
  }
  return await run(claim, port, signal)
}

/** Everything that only the holder of the lock may do, and that must be done before a start. */
async function putInOrder(claim: Claim, dataFolder: string, log: EmbeddedLog): Promise<void> {
  const { footing, gate, residence, socketFolder, env } = claim
  const { clusterFolder: folder, native } = residence
  const last = await readLaunchRecord(dataFolder)
  await writeLaunchRecord(dataFolder, gate.pid, socketFolder)
  if (residence.note !== undefined) log('warn', residence.note)
  if (footing.account !== undefined) await handOver(residence, footing.account)
  if ((await prepareCluster({ folder, native, footing, env })) === 'made') {
    log('info', `made a new database in ${folder}`)
  }
  await linkFromDataFolder(dataFolder, folder)
  if (await disownPostmasterFile(folder)) {
    log('warn', 'the database was not shut down the last time; it recovers from its log')
  }
  await clearSockets(socketFolder, footing.account)
  if (last !== undefined) await dropTemporary(last.socketFolder, footing.account)
}

async function run(
  { footing, gate, residence, socketFolder: host }: Claim,
  port: number,
  signal: AbortSignal | undefined,
): Promise<EmbeddedPostgres> {
  const stop = async (): Promise<void> => {
    await stopServer(gate)
    await dropTemporary(host, footing.account)
  }
  openGate(gate)
  tieToThisProcess(gate)
  try {
    await untilReady(gate, residence.clusterFolder, signal)
  } catch (error) {
    await stop()
    throw error
  }
  const connection = { host, port, user: DATABASE_USER, database: DATABASE_NAME }
  const url = `postgresql://${DATABASE_USER}@/${DATABASE_NAME}?host=${encodeURIComponent(host)}&port=${port}`
  return { connection, url, pid: gate.pid, exited: gate.exited, stop }
}

/**
 * The database that another process of this machine runs in the folder, for whoever works beside it. Undefined when there is
 * none. It ends with that process.
 */
export async function findRunningPostgres(
  dataDir: string,
): Promise<EmbeddedConnection | undefined> {
  const record = await readLaunchRecord(await realpath(dataDir))
  if (record === undefined || !(await isSameProcess(record.launcher))) return undefined
  return { host: record.socketFolder, port: 5432, user: DATABASE_USER, database: DATABASE_NAME }
}
