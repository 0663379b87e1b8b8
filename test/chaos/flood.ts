// Clients that send, all at once, as much as each may have unanswered: what a server holds of it must be bounded.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../support/wait-for.ts'
import type { Ground } from './ground.ts'

const PROGRAM = fileURLToPath(new URL('flood-program.ts', import.meta.url))
/** What each sends: its whole window. */
export const WINDOW_MiB = 8

type Answers = { readonly acks: number; readonly nacks: number }

export interface Flooders {
  /** Each sends its window. */
  flood(): void
  /** What came back to all of them so far. */
  answers(): Answers
  leave(): Promise<void>
}

/** Resolves when all are connected and have a take, which is acked. They leave with the ground at the latest. */
export async function greetFlooders(ground: Ground, url: string, count: number): Promise<Flooders> {
  const args = [PROGRAM, url, String(count), String(WINDOW_MiB)]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  const leave = async () => {
    if (isGone()) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  ground.onEnd(leave)
  let answers: Answers | null = null
  createInterface({ input: child.stdout }).on('line', (line) => {
    answers = JSON.parse(line)
  })
  await waitFor('the flooders to be connected', () => answers !== null || isGone())
  if (isGone()) throw new Error('the flooders could not connect')
  return {
    flood: () => void child.stdin.write('\n'),
    answers: () => answers ?? { acks: 0, nacks: 0 },
    leave,
  }
}
