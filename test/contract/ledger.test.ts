// The contract of the ledger, on the real one and on the simulated one; and the proof that it sees what must be seen.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildWithPatches } from '../simulation/build.ts'
import { LEDGER_BUGS, type LedgerBug } from '../simulation/planted/ledger-bugs.ts'
import { type OpenBed, openPostgresBed, openSimulatedBed } from '../support/ledger-beds.ts'
import { type Ledger, LedgerCase, type LedgerRule } from './ledger.ts'
import { CHUNK_RULES } from './ledger-chunks.ts'
import { FINALIZING_RULES } from './ledger-finalizing.ts'

const RULES: readonly LedgerRule[] = [...CHUNK_RULES, ...FINALIZING_RULES]

const LEDGERS: readonly (readonly [name: string, open: () => OpenBed | Promise<OpenBed>])[] = [
  ['Postgres', () => openPostgresBed()],
  ['simulated', () => openSimulatedBed()],
]

describe.each(LEDGERS)('the %s ledger', (_name, open) => {
  let bed: OpenBed
  beforeAll(async () => {
    bed = await open()
  })
  afterAll(() => bed.close())

  test.for(RULES)('$title', async ({ holds }) => {
    await holds(new LedgerCase(bed))
  })
})

/** Rules whose titles begin so, on a ledger with this bug in its statements: which of them it breaks. */
async function brokenBy({ sql, setUp }: LedgerBug, titles: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-planted-'))
  const path = await buildWithPatches({ entry: 'db/index.ts', into: folder, patches: sql })
  const bed = await openPostgresBed((await import(path)) as Ledger, setUp)
  const broken: string[] = []
  for (const title of titles) {
    const rule = RULES.find((one) => one.title.startsWith(title))
    if (!rule) throw new Error(`no such rule: ${title}`)
    await rule.holds(new LedgerCase(bed)).catch(() => broken.push(title))
  }
  await bed.close()
  await rm(folder, { recursive: true })
  return broken
}

describe('on real Postgres', () => {
  // The second: what is planted is this mistake, and not a ledger that does nothing right.
  test.for(LEDGER_BUGS)('the planted bug "$name" breaks its rule', async (bug) => {
    const titles = [bug.breaks, 'I12: an id belongs']
    expect(await brokenBy(bug, titles)).toEqual([bug.breaks])
  })
})
