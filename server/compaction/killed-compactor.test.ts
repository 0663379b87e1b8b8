// A compaction that is SIGKILLed before each of its steps, one after the other, each time with a new recording.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { CompactionSite } from '../../test/support/compaction-site.ts'
import { DONE } from '../../test/support/killed-steps.ts'
import { TestLedger } from '../../test/support/ledger.ts'

const SCRIPT = join(import.meta.dirname, '../../test/support/compact-until-killed.ts')
/** More than a compaction has: the test ends by itself. */
const MAX_STEPS = 200

let ledger: TestLedger
let site: CompactionSite

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  site = await CompactionSite.open(ledger)
})
afterEach(() => site.close())

/** Resolves with the step before which it was killed, or `DONE`. */
async function compactAndDie(n: number): Promise<string> {
  const args = [SCRIPT, JSON.stringify(ledger.connection), site.bed.root, String(n)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  await new Promise((resolve) => child.on('close', resolve))
  return output.trim()
}

/** What the next instance does once the leases of the dead one have run out. */
async function takeOver(): Promise<void> {
  await ledger.sql`update jobs set lease_until = now() - interval '1 s' where done_at is null`
  const compactor = site.compactor()
  for (let round = 0; round < 2; round++) {
    await compactor.sweep()
    await site.keepNoLonger()
  }
  await compactor.sweep()
}

test('I1, I4: killed at any step it leaves every chunk readable, and the next attempt ends with one object', {
  timeout: 300_000,
}, async () => {
  const { bed } = site
  const steps = new Map<string, number>()
  let [n, step] = [0, '']
  while (step !== DONE && n < MAX_STEPS) {
    n += 1
    const id = await bed.recording()
    const evidence = await bed.evidence(id, await bed.files(id))
    step = await compactAndDie(n)
    steps.set(step, (steps.get(step) ?? 0) + 1)
    const when = `killed before step ${n}, ${step}`
    expect(await bed.wrongChunks(id), when).toEqual([])
    await takeOver()
    expect(await bed.wrongChunks(id), when).toEqual([])
    expect(await bed.files(id), when).toEqual(await site.objects(id))
    expect(await site.objects(id), when).toHaveLength(1)
    expect(await bed.evidence(id, await bed.files(id)), when).toEqual(evidence)
  }
  expect(step).toBe(DONE)
  expect([...steps.keys()]).toEqual(
    expect.arrayContaining(['create', 'write', 'sync', 'sync of a directory', 'commit', 'remove']),
  )
  expect(n).toBeGreaterThan(30)
})
