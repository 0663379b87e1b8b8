// `bun run sim`: worlds out of seeds, each judged. Without arguments 2,000 of them, and the stories that went wrong once;
// with `--seed` one of them, told; with `--planted` the mistakes that must be found.
import { parseArgs } from 'node:util'
import { openSimulation } from './open-simulation.ts'
import { countDeaths } from './planted/count-deaths.ts'
import { runSeeds } from './run-seeds.ts'
import { say } from './say.ts'
import { STORIES } from './stories.ts'

const SEEDS = 2_000

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    story: { type: 'string' },
    planted: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
})

const first = Number(values.seed ?? 1)
const count = Number(values.seeds ?? (values.seed === undefined ? SEEDS : 1))
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) {
  say('usage: bun run sim [--seed N] [--seeds M] [--story NAME] [--planted [--only NAME]]')
  process.exit(2)
}

const isWell = await run()
process.exit(isWell ? 0 : 1)

async function run(): Promise<boolean> {
  if (values.planted) return await countDeaths(values.only)
  const simulation = await openSimulation()
  if (values.story !== undefined) {
    const story = STORIES.find(({ name }) => name === values.story)
    if (!story) throw new Error(`no such story: ${values.story}`)
    return simulation.runPlan(story.plan, story.seed, say).violations.length === 0
  }
  if (values.seed !== undefined && count === 1) {
    return simulation.runSeed(first, say).violations.length === 0
  }
  return runSeeds(simulation, { first, count, stories: values.seed === undefined ? STORIES : [] })
}
