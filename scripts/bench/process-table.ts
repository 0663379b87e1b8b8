// CPU time of processes and of the machine, from /proc. Where there is none everything is empty or null.
import { readdir, readFile } from 'node:fs/promises'

/** Linux counts CPU time in 1/100 s for programs, whatever its own tick is. */
const MS_PER_TICK = 10

export type Process = {
  readonly pid: number
  readonly parent: number
  readonly cpuMs: number
  /** CPU time of its children that have ended. */
  readonly endedMs: number
}

/** The process and all below it, itself first; empty when it is gone. */
export async function processTree(pid: number): Promise<Process[]> {
  const all = await processes()
  const tree = all.filter((one) => one.pid === pid)
  // Parents come before their children in the list that grows here.
  for (const { pid: parent } of tree) tree.push(...all.filter((one) => one.parent === parent))
  return tree
}

async function processes(): Promise<Process[]> {
  const names = await readdir('/proc').catch(() => [])
  const pids = names.map(Number).filter((pid) => pid > 0)
  const all = await Promise.all(pids.map(readProcess))
  return all.filter((one) => one !== null)
}

async function readProcess(pid: number): Promise<Process | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  // The name may hold spaces and brackets; what follows its last bracket does not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = (from: number): number => Number(fields[from]) + Number(fields[from + 1])
  return {
    pid,
    parent: Number(fields[1]),
    cpuMs: ticks(11) * MS_PER_TICK,
    endedMs: ticks(13) * MS_PER_TICK,
  }
}

export type MachineTime = { readonly busyMs: number; readonly totalMs: number }

/** CPU time of the whole machine since it started. */
export async function machineTime(): Promise<MachineTime | null> {
  const stat = await readFile('/proc/stat', 'utf8').catch(() => null)
  if (stat === null) return null
  // user, nice, system, idle, iowait, irq, softirq, steal
  const [, ...ticks] = stat.slice(0, stat.indexOf('\n')).split(/\s+/).map(Number)
  const totalMs = ticks.slice(0, 8).reduce((sum, one) => sum + one, 0) * MS_PER_TICK
  const idleMs = ((ticks[3] ?? 0) + (ticks[4] ?? 0)) * MS_PER_TICK
  return { busyMs: totalMs - idleMs, totalMs }
}
