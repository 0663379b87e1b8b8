// The command as a person or a script calls it: a process of its own, its answer and its exit code.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Ended = { code: number | null; stdout: string; stderr: string }

const PROGRAM = fileURLToPath(new URL('../../scripts/cli/holdfast.ts', import.meta.url))
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG']

/** @param env settings, as the server of the installation has them */
export async function runHoldfast(
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const own = PASSED_ON.map((name) => [name, process.env[name] ?? ''])
  const child = spawn('bun', [PROGRAM, ...args], {
    env: { ...(Object.fromEntries(own) as Record<string, string>), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ended[name] += text
    })
  }
  ended.code = await new Promise((resolve) => child.on('close', resolve))
  return ended
}
