// The faults as tests: each once, and each of its self-tests once.
import { describe, expect, inject, test } from 'vitest'
import type { Fault } from './fault.ts'
import { missingNeed } from './needs.ts'
import { runFault } from './run-fault.ts'

const RUN_MS = 120_000
/** Without its protection a product loses races, not every time: one that is lost is enough. */
const MOST_TRIES = 3

/** Says its seed, so that a run can be repeated: `bun run chaos --only <name> --seed <seed>`. */
function chooseSeed(name: string): number {
  const seed = Number(process.env.HOLDFAST_TEST_SEED ?? Date.now() % 1_000_000)
  console.info(`${name}: seed ${seed}`)
  return seed
}

export function faultSuite(faults: readonly Fault[]): void {
  const broker = inject('databaseBroker')
  for (const fault of faults) {
    describe(`${fault.name}: ${fault.title}`, () => {
      test(
        'loses nothing that was acked, and every recorder comes to its end',
        async (context) => {
          skipWithout(fault.needs, fault.name, context.skip)
          const outcome = await runFault(fault, { broker, seed: chooseSeed(fault.name) })
          console.info(`${fault.name}: ${JSON.stringify({ ...outcome, violations: undefined })}`)
          expect(outcome).toMatchObject({ violations: [], lost: 0 })
          expect(outcome.recoveryMs).not.toBeNull()
        },
        RUN_MS,
      )

      for (const { without, sabotage, needs = [], finds } of fault.selfTests) {
        test(
          `is noticed without ${without}`,
          async (context) => {
            skipWithout([...(fault.needs ?? []), ...needs], fault.name, context.skip)
            let found = ''
            for (let tries = 0; tries < MOST_TRIES && !finds.test(found); tries += 1) {
              const run = { broker, seed: chooseSeed(fault.name), sabotage }
              found = (await runFault(fault, run)).violations.join('\n')
            }
            // Not in the message: the run's judge takes an invariant's number there for one that broke.
            console.info(`${fault.name} found ${found || 'nothing'}`)
            expect(finds.test(found), 'the fault was not noticed').toBe(true)
          },
          MOST_TRIES * RUN_MS,
        )
      }
    })
  }
}

type Needs = Fault['needs']

function skipWithout(needs: Needs, name: string, skip: (note: string) => void): void {
  const missing = missingNeed(needs ?? [])
  if (missing === null) return
  console.warn(`SKIPPED: ${name}: this machine has no ${missing}; the fault is not tried.`)
  skip(`no ${missing}`)
}
