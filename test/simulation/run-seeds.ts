// Many worlds, one after another, and what to say of them: how many, how fast, and which to look at.
import type { Simulation } from './open-simulation.ts'
import { say } from './say.ts'
import type { Story } from './stories.ts'

/** Enough to see whether they have one cause. */
const MOST_TOLD = 10

type Run = { readonly first: number; readonly count: number; readonly stories: readonly Story[] }

/** @returns whether all is well */
export function runSeeds(simulation: Simulation, { first, count, stories }: Run): boolean {
  const now = realClock()
  const begunAt = now()
  const sum = { tasks: 0, virtualMs: 0, acked: 0, failed: 0 }
  const tell = (name: string, violations: readonly string[], replay: string) => {
    if (violations.length === 0) return
    sum.failed += 1
    if (sum.failed > MOST_TOLD) return
    say(`${name} FAILED: ${violations.slice(0, 3).join(' · ')}`)
    say(`  replay it: ${replay}`)
  }
  for (const { name, plan, seed } of stories) {
    const { violations } = simulation.runPlan(plan, seed)
    tell(`story "${name}"`, violations, `bun run sim --story "${name}"`)
  }
  for (let seed = first; seed < first + count; seed += 1) {
    const { violations, tasks, virtualMs, acked } = simulation.runSeed(seed)
    tell(`seed ${seed}`, violations, `bun run sim --seed ${seed}`)
    sum.tasks += tasks
    sum.virtualMs += virtualMs
    sum.acked += acked
  }
  const seconds = (now() - begunAt) / 1000
  const rate = (count / seconds).toFixed(1)
  const hours = (sum.virtualMs / 3_600_000).toFixed(1)
  say(
    `${count} seeds and ${stories.length} stories in ${seconds.toFixed(1)} s (${rate} seeds/s): ` +
      `${hours} simulated hours, ${sum.tasks} steps, ${sum.acked} chunks acknowledged, ${sum.failed} failed`,
  )
  return sum.failed === 0
}

/** The clock of the machine: `performance` is simulated by now. */
export function realClock(): () => number {
  return () => Number(process.hrtime.bigint() / 1000n) / 1000
}
