// How much of the machine other programs used while something was measured: a number that was measured beside a
// busy neighbour says little about us.
import { type MachineTime, machineTime, processTree } from './process-table.ts'

type Reading = { machine: MachineTime; ownMs: number }

async function read(): Promise<Reading | null> {
  const machine = await machineTime()
  if (!machine) return null
  const tree = await processTree(process.pid)
  return { machine, ownMs: tree.reduce((sum, one) => sum + one.cpuMs + one.endedMs, 0) }
}

export type Watched<T> = { value: T; othersShare: number }

/** Runs `work`; `othersShare` is what others used of all cores meanwhile, 0 where that cannot be known. */
export async function watchOthers<T>(work: () => Promise<T>): Promise<Watched<T>> {
  const before = await read()
  const value = await work()
  const after = await read()
  if (!before || !after) return { value, othersShare: 0 }
  const totalMs = after.machine.totalMs - before.machine.totalMs
  const busyMs = after.machine.busyMs - before.machine.busyMs
  const othersMs = busyMs - (after.ownMs - before.ownMs)
  return { value, othersShare: Math.max(0, othersMs / Math.max(1, totalMs)) }
}
