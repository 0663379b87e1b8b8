// Getting the data folder: the first footing that works here, and the lock, past orphans and the
// last moments of a dying server. Must never disturb a server that a living process answers for.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '@holdfast/protocol'
import type { NativeFolder } from './binaries.ts'
import { type Footing, footings } from './footing.ts'
import { closeGate, type Gate, type GateRequest, holdGate } from './gate.ts'
import { findHolder, isFromElsewhere, lockedError, readLaunchRecord } from './holder.ts'
import { linkLibraries } from './library-links.ts'
import { stopOrphan } from './orphan.ts'
import { findCluster, type Residence, settle } from './residence.ts'
import type { EmbeddedLog } from './server-log.ts'
import { serverArguments, serverEnvironment } from './settings.ts'
import { dropTemporary, makeSocketFolder } from './socket-folder.ts'

export type ClaimRequest = {
  readonly dataFolder: string
  readonly native: NativeFolder
  readonly port: number
  readonly log: EmbeddedLog
  readonly signal: AbortSignal | undefined
}

/** The folder is ours until the gate's process ends. */
export type Claim = {
  readonly gate: Gate
  readonly footing: Footing
  readonly residence: Residence
  readonly socketFolder: string
  readonly env: Record<string, string>
}

// A server whose launcher was killed needs about 0.1 s to shut down, and a first start about 1 s
// before its server can be seen.
const PATIENCE_MS = 5_000
const POLL_MS = 20

/** Throws `database_locked` when a living process has the folder. */
export async function claimFolder(request: ClaimRequest): Promise<Claim> {
  const { ownerUid } = await findCluster(request.dataFolder)
  const refusals: string[] = []
  for (const footing of await footings(ownerUid)) {
    const claim = await claimOn(footing, request)
    if (typeof claim !== 'string') return claim
    refusals.push(claim)
  }
  const message = `The database could not be started in any way: ${refusals.join('; ')}`
  throw new HoldfastError('database_failed', { message })
}

/** Resolves to the reason when this footing does not work on this machine. */
async function claimOn(footing: Footing, request: ClaimRequest): Promise<Claim | string> {
  const residence = await settle(request.dataFolder, request.native, footing)
  const libraryPath = await linkLibraries(residence.native, join(residence.home, 'lib'))
  const env = serverEnvironment(libraryPath)
  const socketFolder = await makeSocketFolder(residence.home, request.port, footing.account)
  const { clusterFolder, native } = residence
  const server = serverArguments({ clusterFolder, socketFolder, port: request.port })
  const program = [native.postgres, ...server]
  const lockFile = join(request.dataFolder, 'lock')
  const gateRequest = { footing, lockFile, program, env, log: request.log }
  let gate: Gate | string = ''
  try {
    gate = await waitForGate(gateRequest, request, clusterFolder)
  } finally {
    if (typeof gate === 'string') await dropTemporary(socketFolder, footing.account)
  }
  return typeof gate === 'string' ? gate : { gate, footing, residence, socketFolder, env }
}

async function waitForGate(
  gateRequest: GateRequest,
  { dataFolder, log, signal }: ClaimRequest,
  clusterFolder: string,
): Promise<Gate | string> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    signal?.throwIfAborted()
    const result = await holdGate(gateRequest)
    if (result.kind === 'refused') return result.reason
    const holder = await findHolder(dataFolder, clusterFolder)
    if (holder.kind === 'nobody' && result.kind === 'locked') return result.gate
    if (result.kind === 'locked') await closeGate(result.gate)
    if (holder.kind === 'process') throw lockedError(dataFolder, holder.pid)
    if (holder.kind === 'orphan') await stopOrphan(holder.postmaster, clusterFolder, log)
    else if (Date.now() > deadline) throw await heldByUnseen(dataFolder)
    else await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal })
  }
}

/** The lock is held, but no server can be seen: a first start, or another container. */
async function heldByUnseen(dataFolder: string): Promise<HoldfastError> {
  const record = await readLaunchRecord(dataFolder)
  if (record === undefined) return lockedError(dataFolder, undefined)
  return lockedError(dataFolder, record.launcher.pid, await isFromElsewhere(record))
}
