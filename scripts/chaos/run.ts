// `bun run chaos [--only a,b] [--runs 5] [--seed n] [--self-tests]`: runs the faults of test/chaos again and again on this machine, prints each
// run, and writes the table of docs/faults.md. With --seed one run is repeated as it was, with --self-tests each fault
// runs without its protection and must be noticed; neither writes.
import { parseArgs } from 'node:util'
import type { Fault } from '../../test/chaos/fault.ts'
import { FAULTS } from '../../test/chaos/faults.ts'
import { missingNeed } from '../../test/chaos/needs.ts'
import { type Outcome, runFault } from '../../test/chaos/run-fault.ts'
import { startBroker } from '../../test/support/database-server.ts'
import { type FaultRuns, writeTable } from './page.ts'

const DEFAULT_RUNS = 5

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string' },
    'self-tests': { type: 'boolean' },
  },
})

function chosen(): Fault[] {
  const all = Object.values(FAULTS).flat()
  const names = values.only?.split(',')
  const unknown = names?.filter((name) => !all.some((one) => one.name === name)) ?? []
  if (unknown.length > 0) {
    console.error(`No fault is called ${unknown.join(', ')}. There are:`)
    for (const { name, title } of all) console.error(`  ${name.padEnd(24)} ${title}`)
    process.exit(2)
  }
  return all.filter(({ name }) => names?.includes(name) ?? true)
}

function say(fault: Fault, { seed, acked, lost, recoveryMs, violations }: Outcome): void {
  const back = recoveryMs === null ? 'did not recover' : `back after ${Math.round(recoveryMs)} ms`
  console.log(`${fault.name}: ${acked} acked, ${lost} lost, ${back} (seed ${seed})`)
  for (const one of violations) console.log(`  ${one}`)
}

let isInterrupted = false
// A second one ends the process at once, and leaves behind what the run had made.
process.once('SIGINT', () => {
  isInterrupted = true
  console.error('\nending after this run, so that everything is undone')
})

async function runAgainAndAgain(fault: Fault, broker: string, seeds: number[]): Promise<FaultRuns> {
  const missing = missingNeed(fault.needs ?? [])
  if (missing !== null) {
    console.log(`SKIPPED: ${fault.name}: this machine has no ${missing}.`)
    return { fault, outcomes: [], missing }
  }
  const outcomes: Outcome[] = []
  for (const seed of seeds) {
    if (isInterrupted) break
    const outcome = await runFault(fault, { broker, seed })
    say(fault, outcome)
    outcomes.push(outcome)
  }
  return { fault, outcomes, missing: null }
}

/** True when the run without each protection was noticed. */
async function isNoticed(fault: Fault, broker: string, seed: number): Promise<boolean> {
  let isAll = true
  for (const { without, sabotage, needs = [], finds } of fault.selfTests) {
    const missing = missingNeed([...(fault.needs ?? []), ...needs])
    if (missing !== null) {
      console.log(`SKIPPED: ${fault.name} without ${without}: this machine has no ${missing}.`)
      continue
    }
    const { violations } = await runFault(fault, { broker, seed, sabotage })
    const found = violations.filter((one) => finds.test(one))
    const [first = `NOT NOTICED, only: ${violations.join('; ')}`] = found
    console.log(`${fault.name} without ${without}: ${found.length} × ${first}`)
    isAll &&= found.length > 0
  }
  return isAll
}

const faults = chosen()
const seeds =
  values.seed === undefined
    ? Array.from(
        { length: Number(values.runs ?? DEFAULT_RUNS) },
        (_, i) => (Date.now() + i * 7919) % 1_000_000,
      )
    : [Number(values.seed)]
const broker = await startBroker(process.env.HOLDFAST_TEST_DATABASE_URL)
const results: FaultRuns[] = []
const unnoticed: string[] = []
try {
  for (const fault of faults) {
    if (isInterrupted) break
    if (!values['self-tests']) results.push(await runAgainAndAgain(fault, broker.path, seeds))
    else if (!(await isNoticed(fault, broker.path, seeds[0] ?? 0))) unnoticed.push(fault.name)
  }
} finally {
  await broker.stop()
}
if (values.seed === undefined && results.length > 0 && !isInterrupted) await writeTable(results)
const failed = results
  .filter(({ outcomes }) => outcomes.some(({ violations }) => violations.length > 0))
  .map(({ fault }) => fault.name)
for (const name of [...failed, ...unnoticed]) console.log(`FAILED: ${name}`)
process.exit(failed.length + unnoticed.length > 0 ? 1 : 0)
