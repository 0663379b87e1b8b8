// Plants one mistake after another and counts the worlds until it is found. A mistake that lives is a check that is missing.
import { openSimulation } from '../open-simulation.ts'
import { realClock } from '../run-seeds.ts'
import { say } from '../say.ts'
import { PLANTED_BUGS, type PlantedBug } from './bugs.ts'

/** Three times what the shyest of them needs. */
const MOST_SEEDS = 1300

/** @param only part of a name; empty = all. @returns whether all were found */
export async function countDeaths(only: string): Promise<boolean> {
  const now = realClock()
  const begunAt = now()
  const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(only))
  let lived = 0
  for (const bug of bugs) {
    const found = await findBug(bug)
    if (!found) lived += 1
    say(`${bug.name.padEnd(44)} ${found ?? `LIVED through ${MOST_SEEDS} seeds`}`)
  }
  const seconds = ((now() - begunAt) / 1000).toFixed(1)
  say(`${bugs.length} planted bugs in ${seconds} s: ${bugs.length - lived} found, ${lived} lived`)
  return lived === 0 && bugs.length > 0
}

async function findBug({ patches, story }: PlantedBug): Promise<string | null> {
  const simulation = await openSimulation(patches)
  if (story) {
    const [violation] = simulation.runPlan(story.plan, story.seed).violations
    return violation === undefined ? null : `story  ${firstLine(violation)}`
  }
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) {
    const [violation] = simulation.runSeed(seed).violations
    if (violation !== undefined) return `${String(seed).padStart(3)} seeds  ${firstLine(violation)}`
  }
  return null
}

const firstLine = (text: string): string => text.split('\n')[0]?.slice(0, 100) ?? ''
