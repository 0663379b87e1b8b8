// One world from its seed to its end, and what was wrong with it.

import { PageRecorder } from '../browser/page-recorder.ts'
import { checkAcked, checkEnd, type Judged } from '../check/after-all.ts'
import { watchDevice, watchDisk } from '../check/deletions.ts'
import { Random } from '../engine/random.ts'
import { enterWorld, Scheduler, world } from '../engine/scheduler.ts'
import { calmDown, scheduleFaults } from './faults.ts'
import { Person } from './person.ts'
import { type Plan, planWorld } from './plan.ts'
import { Site } from './site.ts'
import { Stranger } from './stranger.ts'

type Tell = ((line: string) => void) | null

export type Outcome = {
  readonly seed: number
  /** By number of the invariant; empty = all is well. */
  readonly violations: readonly string[]
  readonly virtualMs: number
  readonly tasks: number
  readonly acked: number
}

/** How long after the last trouble everything must be at rest: retries of a recording that failed often are far apart. */
const REST_MS = 150_000
/** Everything that is compacted has been, and what it replaced is gone. */
const COMPACTED_MS = 20_000
const LOOK_EVERY_MS = 1_000

export function runSeed(seed: number, tell: Tell = null): Outcome {
  return runIn(seed, tell, (random) => planWorld(random))
}

/** @param seed of everything that the plan leaves open */
export function runPlan(plan: Plan, seed: number, tell: Tell = null): Outcome {
  return runIn(seed, tell, () => plan)
}

function runIn(seed: number, tell: Tell, planOf: (random: Random) => Plan): Outcome {
  const random = new Random(seed)
  const scheduler = new Scheduler(random, tell)
  enterWorld(scheduler)
  PageRecorder.made = 0
  const acked = liveThrough(planOf(random))
  enterWorld(null)
  const violations = scheduler.failures.map(({ message }) => message)
  return { seed, violations, virtualMs: scheduler.now, tasks: scheduler.tasks, acked }
}

function liveThrough(plan: Plan): number {
  const site = new Site(plan)
  const persons = plan.persons.map((one, n) => new Person('abc'.charAt(n), one, site.network))
  const strangers = plan.stranger ? [new Stranger(plan.stranger, site.network)] : []
  const judged: Judged = { site, persons, recorders: [...persons, ...strangers] }
  watchDisk(judged)
  for (const person of persons) watchDevice(judged, person)
  site.startAll()
  for (const recorder of judged.recorders) recorder.live()
  scheduleFaults(judged, plan.faults)
  for (const { fault, atMs, lastsMs } of plan.faults) {
    if (fault === 'powerCut') world().after(atMs + lastsMs, () => checkAcked(judged))
  }
  world().runUntil(lastTurnAt(plan))
  calmDown(judged)
  for (const person of persons) person.comeToAnEnd()
  if (world().runUntilDone(restOf(judged), REST_MS) && plan.isLong) {
    world().runUntil(world().now + COMPACTED_MS)
    world().runUntilDone(restOf(judged), REST_MS)
  }
  checkEnd(judged)
  return [...site.witness.acked.values()].reduce((sum, { size }) => sum + size, 0)
}

function lastTurnAt({ persons, calmAtMs }: Plan): number {
  const turns = persons.flatMap(({ beginsAtMs, turns }) =>
    turns.map(({ atMs }) => beginsAtMs + atMs),
  )
  return Math.max(calmAtMs, ...turns) + 100
}

/** Nobody has anything to send, and no recording anything to become. Looked at once in a while only. */
function restOf({ site, recorders }: Judged): () => boolean {
  let lookedAt = world().now
  return () => {
    if (world().now < lookedAt + LOOK_EVERY_MS) return false
    lookedAt = world().now
    if (world().failures.length > 0) return true
    if (recorders.some(({ isBusy }) => isBusy)) return false
    const recordings = [...site.database.tables.recordings.values()]
    return recordings.every(({ row }) => row.generation === row.finalizedGeneration)
  }
}
