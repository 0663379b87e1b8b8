// A reconciliation that is SIGKILLed before each of its steps, one after the other, and then run again.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHUNKS, ORPHAN } from '../../test/support/compaction-bed.ts'
import { DONE } from '../../test/support/killed-steps.ts'
import { TestLedger } from '../../test/support/ledger.ts'
import { about, ReconcileBed } from '../../test/support/reconcile-bed.ts'

const SCRIPT = join(import.meta.dirname, '../../test/support/reconcile-until-killed.ts')
/** More than one has: the test ends by itself. */
const MAX_STEPS = 300

let ledger: TestLedger

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

/** Resolves with the step before which it was killed, or `DONE`. */
async function mendAndDie({ root }: ReconcileBed, n: number): Promise<string> {
  const args = [SCRIPT, JSON.stringify(ledger.connection), root, String(n)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  await new Promise((resolve) => child.on('close', resolve))
  return output.trim()
}

/** The ledger knows nothing of it any more; META in its segments does. */
async function forget(id: string): Promise<void> {
  for (const table of ['chunks', 'versions', 'takes', 'jobs']) {
    await ledger.sql`delete from ${ledger.sql(table)} where recording_id = ${id}`
  }
  await ledger.sql`delete from recordings where id = ${id}`
}

/** Each step, or every few of them: together the two tests meet all kinds. */
const STRIDE = process.env.HOLDFAST_TEST_EVERY_STEP ? 1 : 7

test.each([
  { name: 'adopting what no row names', isLost: false },
  { name: 'rebuilding a recording', isLost: true },
])(
  'R10, R13: $name, killed on its way, ends as if nothing had happened',
  {
    timeout: 300_000,
  },
  async ({ isLost }) => {
    let [n, step] = [0, '']
    while (step !== DONE && n < MAX_STEPS) {
      n += STRIDE
      const bed = await ReconcileBed.open(ledger)
      const id = await bed.bed.recording()
      if (isLost) await forget(id)
      step = await mendAndDie(bed, n)
      const when = `killed before step ${n}, ${step}`
      await bed.mend({ isRebuilding: true })
      expect(about(await bed.mend({ isRebuilding: true }), id), when).toEqual([])
      const wrong = await bed.bed.wrongChunks(id, CHUNKS + 1)
      expect(
        wrong.filter((one) => !one.startsWith(`${ORPHAN} `)),
        when,
      ).toEqual([])
      expect((await ledger.row(id)).takes, when).toMatchObject([{ chunkCount: CHUNKS + 1 }])
      await ledger.sql`update recordings set deleted_at = now(), purged_at = now()`
      await bed.close()
    }
    expect(step).toBe(DONE)
    expect(n).toBeGreaterThan(10)
  },
)
