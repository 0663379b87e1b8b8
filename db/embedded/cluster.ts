// The cluster: Postgres' own folder of files. Made aside and put in place by one rename, so that a
// cluster under its final name is whole. Must never delete or overwrite one that was ever started.
import { spawn } from 'node:child_process'
import { open, readdir, readFile, rename, rm, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'
import { type NativeFolder, POSTGRES_MAJOR } from './binaries.ts'
import { databaseFailure } from './failure.ts'
import type { Footing } from './footing.ts'
import { identifyProcess } from './process-identity.ts'
import { DATABASE_NAME, initArguments } from './settings.ts'

export type ClusterMaker = {
  readonly folder: string
  readonly native: NativeFolder
  readonly footing: Footing
  readonly env: Record<string, string>
}

// A new cluster takes 47 MB, and the first checkpoint as much of write-ahead log again.
const NEW_CLUSTER_BYTES = 128 * 1024 * 1024

/** Makes the cluster unless it is there. Only under the lock. */
export async function prepareCluster(maker: ClusterMaker): Promise<'made' | 'found'> {
  await removeUnfinished(maker.folder)
  if (await isCluster(maker.folder)) return 'found'
  await checkSpace(dirname(maker.folder))
  const unfinished = `${maker.folder}.new-${process.pid}`
  await run(maker, [maker.native.initdb, ...initArguments(unfinished)], '')
  const single = [maker.native.postgres, '--single', '-D', unfinished, 'template1']
  await run(maker, single, `CREATE DATABASE ${DATABASE_NAME}\n`)
  return await putInPlace(unfinished, maker.folder)
}

async function putInPlace(unfinished: string, folder: string): Promise<'made' | 'found'> {
  try {
    await rename(unfinished, folder)
  } catch (error) {
    // Without a flock program another first start may have been quicker; its cluster stands.
    if (!(await isCluster(folder))) throw error
    await rm(unfinished, { recursive: true })
    return 'found'
  }
  await syncFolder(dirname(folder))
  return 'made'
}

async function isCluster(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch(() => [])
  if (entries.length === 0) return false
  const version = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => '')
  if (version.trim() === POSTGRES_MAJOR) return true
  const is = version === '' ? 'is not a database' : `was made by Postgres ${version.trim()}`
  const message = `${folder} ${is}; nothing in it was touched. Move it away, or set DATABASE_URL.`
  throw new HoldfastError('database_failed', { message })
}

// What a first start left that was killed before its rename: no server ever ran in it.
async function removeUnfinished(folder: string): Promise<void> {
  const parent = dirname(folder)
  const prefix = `${basename(folder)}.new-`
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue
    const maker = Number(name.slice(prefix.length))
    if (maker !== process.pid && (await identifyProcess(maker)) !== undefined) continue
    await rm(join(parent, name), { recursive: true, force: true })
  }
}

async function checkSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= NEW_CLUSTER_BYTES) return
  const free = Math.floor((bavail * bsize) / 1_048_576)
  const message = `The database needs 128 MiB in ${folder} to begin with; ${free} MiB are free.`
  throw new HoldfastError('disk_full', { message })
}

/** Runs a program of the package to its end. */
async function run(maker: ClusterMaker, command: string[], input: string): Promise<void> {
  const [program = '', ...rest] = [...maker.footing.prefix, ...command]
  const child = spawn(program, rest, { env: maker.env, detached: true, cwd: '/' })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8_192)
    })
  }
  child.stdin.on('error', () => undefined) // It may stop before it reads; its exit code says so.
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  // A failed statement in single-user mode still ends with 0.
  if (code === 0 && !/^(ERROR|FATAL|PANIC):/m.test(said)) return
  const lines = said.split('\n').filter((line) => line !== '')
  throw databaseFailure('The database could not be made', lines)
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
