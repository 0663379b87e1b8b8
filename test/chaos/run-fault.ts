// One run of one fault: build, load, strike, recover, stop, check, undo. Serves the tests and the command alike.
import { seeded } from '../support/scripted-recorder.ts'
import { check } from './check.ts'
import { Crew } from './crew.ts'
import type { Fault, Scene } from './fault.ts'
import { Ground, type Sabotage } from './ground.ts'

export type RunOptions = {
  /** The socket of the run's database server. */
  broker: string
  seed: number
  sabotage?: Sabotage
}

export type Outcome = {
  seed: number
  acked: number
  /** Acked chunks that are not there, or not as they were. */
  lost: number
  /** From the end of the fault until every recorder had an ack again; null when that did not happen. */
  recoveryMs: number | null
  violations: string[]
}

const LOAD = { recorders: 6, everyMs: 60 }
/** Acks of each recorder before the fault strikes. */
const WARM_ACKS = 4
/** How long a recorder may take to come to its end: generous, since a busy machine is no fault of ours. */
const PATIENCE_MS = 40_000
/** In a self-test it is expected not to. */
const SELF_TEST_MS = 2000

export async function runFault(fault: Fault, options: RunOptions): Promise<Outcome> {
  const { seed, broker, sabotage } = options
  const random = seeded(seed)
  const outcome: Outcome = { seed, acked: 0, lost: 0, recoveryMs: null, violations: [] }
  const ground = await Ground.open({ broker, random, ...(sabotage && { sabotage }) })
  try {
    await play(fault, ground, outcome, sabotage ? SELF_TEST_MS : PATIENCE_MS)
  } catch (error) {
    outcome.violations.push(`the run did not get to its end: ${told(error)}`)
  } finally {
    await ground.end().catch((error: unknown) => {
      outcome.violations.push(`something was left behind: ${told(error)}`)
    })
  }
  return outcome
}

async function play(
  fault: Fault,
  ground: Ground,
  outcome: Outcome,
  patienceMs: number,
): Promise<void> {
  const { random } = ground
  const site = await fault.build(ground)
  const crew = await Crew.hire(site.url, { ...LOAD, ...fault.load }, random)
  ground.onEnd(() => crew.giveUp())
  const scene: Scene = { ground, site, crew, random, found: outcome.violations }
  try {
    await crew.untilAcked(WARM_ACKS)
    await fault.strike(scene)
    outcome.recoveryMs = await crew.recovery(performance.now(), patienceMs).catch(() => null)
    if (outcome.recoveryMs === null)
      outcome.violations.push('a recorder had no ack after the fault')
  } finally {
    outcome.acked = crew.acked.length
  }
  outcome.violations.push(...(await crew.stop(patienceMs)))
  outcome.acked = crew.acked.length
  // The embedded database ends with the look into it, so what needs the server comes first.
  if (fault.also) outcome.violations.push(...(await fault.also(scene)))
  const { violations, lost } = await check({ site, crew, allow: fault.allow ?? {}, patienceMs })
  outcome.violations.push(...violations)
  outcome.lost = lost
}

/** An error and what led to it. */
function told(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(told).join('; ')
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message} (${told(error.cause)})`
}
