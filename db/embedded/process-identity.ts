// Who a pid really is. Owns the fact that a pid alone proves nothing: after a power cut, or a long
// uptime, the same number belongs to another program. Must never report a zombie as running.
import { execFile } from 'node:child_process'
import { readFile, readlink, stat } from 'node:fs/promises'
import { promisify } from 'node:util'

const execFileAsync = promisify(execFile)

export type ProcessIdentity = {
  readonly pid: number
  /** Start time in the kernel's own units, with the boot it belongs to: differs when a pid is reused. */
  readonly startedAt: string
  /** Linux pid namespace: a pid from another container means nothing here. Empty elsewhere. */
  readonly pidNamespace: string
}

/** The identity of a running process, or undefined when there is none, or only its zombie. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = process.platform === 'linux' ? await linuxStart(pid) : await psStart(pid)
  return startedAt === undefined
    ? undefined
    : { pid, startedAt, pidNamespace: await ownPidNamespace() }
}

export async function isSameProcess(identity: ProcessIdentity): Promise<boolean> {
  const now = await identifyProcess(identity.pid)
  return now?.startedAt === identity.startedAt && now.pidNamespace === identity.pidNamespace
}

/** Empty where the platform has no pid namespaces. */
export async function ownPidNamespace(): Promise<string> {
  return process.platform === 'linux' ? await readlink('/proc/self/ns/pid').catch(() => '') : ''
}

/** True when `pid` runs with `folder` as its working directory, as a postmaster does with its cluster. */
export async function worksIn(pid: number, folder: string): Promise<boolean> {
  if ((await identifyProcess(pid)) === undefined) return false
  if (process.platform !== 'linux') return (await psCommand(pid)).includes(folder)
  try {
    // Device and inode, not the path: it may have been moved, or be seen through another mount.
    const [cwd, wanted] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(folder)])
    return cwd.dev === wanted.dev && cwd.ino === wanted.ino
  } catch {
    return false // Another account's process (EACCES), or gone meanwhile: not ours in either case.
  }
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const [line, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // proc(5): the name, field 2, may hold spaces and brackets; field 3 is the state, 22 the start.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot.trim()}:${fields[19]}`
  } catch {
    return undefined
  }
}

async function psStart(pid: number): Promise<string | undefined> {
  const [state, ...start] = (await ps(pid, 'state=,lstart=')).trim().split(/\s+/)
  return !state || state.startsWith('Z') ? undefined : start.join(' ')
}

const psCommand = (pid: number): Promise<string> => ps(pid, 'command=')

async function ps(pid: number, columns: string): Promise<string> {
  try {
    const { stdout } = await execFileAsync('/bin/ps', ['-p', String(pid), '-ww', '-o', columns])
    return stdout
  } catch {
    return '' // ps exits with 1 when there is no such process.
  }
}
