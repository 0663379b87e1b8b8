// How a server ends: one step after another, each whatever became of those before it, and the log names the one that keeps it.
import type { Log } from './observe/log.ts'

export type StopStep = readonly [name: string, run: () => unknown]

/** The uploads that are on their way may take 2 s of it. */
const SLOW_MS = 3000

export async function stopInOrder(steps: readonly StopStep[], log: Log): Promise<void> {
  for (const step of steps) await runStep(step, log)
}

export async function stopTogether(steps: readonly StopStep[], log: Log): Promise<void> {
  await Promise.all(steps.map((step) => runStep(step, log)))
}

/** Never rejects: the next steps still have files and processes to end. */
async function runStep([step, run]: StopStep, log: Log): Promise<void> {
  const slow = setTimeout(() => log.warn({ step }, `stopping: still waiting for ${step}`), SLOW_MS)
  try {
    await run()
  } catch (error) {
    log.warn({ step, error }, `stopping: ${step} failed`)
  } finally {
    clearTimeout(slow)
  }
}
