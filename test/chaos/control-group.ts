// Control groups of the kernel that hold processes of a fault: what all of them owe when it is over.
import { readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { waitFor } from '../support/wait-for.ts'

/** A group can go when its last process has ended. */
export async function removeGroup(folder: string): Promise<void> {
  const isEmpty = async () => (await readFile(join(folder, 'cgroup.procs'), 'utf8')) === ''
  await waitFor('the processes of a control group to end', isEmpty)
  await rmdir(folder)
}
