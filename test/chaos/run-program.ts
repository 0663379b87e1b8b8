// Programs of the system that faults are made with: mount, losetup, fallocate and the like.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Resolves with what it printed. @throws with what it said, when it ends with another code than 0 */
export async function run(program: string, ...rest: string[]): Promise<string> {
  const { stdout } = await execute(program, rest)
  return stdout.trim()
}
