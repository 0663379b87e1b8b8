// `have` and `missing` against the plainest model there is: a set of numbers.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { readHave, toTakeRanges } from './read-have.ts'
import { readMissing } from './read-missing.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

const TOP = 0xffffffff
type Range = [number, number]
type Case = { stored: number[]; damaged: number[]; declared: number | null }

/** Numbers near both ends and in between, as a cut recording and as an attacker would choose them. */
const seqs = fc.uniqueArray(
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 12 }) },
    { weight: 2, arbitrary: fc.integer({ min: TOP - 6, max: TOP }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: TOP }) },
  ),
  { maxLength: 14 },
)
const takeCase: fc.Arbitrary<Case> = fc
  .tuple(seqs, fc.infiniteStream(fc.boolean()), fc.option(fc.oneof(fc.nat(16), fc.nat(TOP))))
  .map(([stored, isDamaged, declared]) => {
    const damaged = stored.filter(() => isDamaged.next().value === true && stored.length % 3 === 0)
    return { stored, damaged, declared }
  })

/** Grown one number at a time, so that it shares no idea with the code. */
function modelHave({ stored, damaged }: Case): Range[] {
  const ranges: Range[] = []
  for (const seq of stored.filter((one) => !damaged.includes(one)).sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.[1] === seq - 1) last[1] = seq
    else ranges.push([seq, seq])
  }
  return ranges
}

function modelMissing(one: Case): Range[] {
  const total = Math.max(one.declared ?? 0, ...one.stored.map((seq) => seq + 1), 0)
  const holes: Range[] = []
  let next = 0
  for (const [from, to] of modelHave(one)) {
    if (from > next) holes.push([next, from - 1])
    next = to + 1
  }
  if (next < total) holes.push([next, total - 1])
  return holes
}

async function build(cases: readonly Case[]): Promise<string> {
  const id = await ledger.recording(cases.map((_, take) => take))
  for (const [take, { stored, damaged }] of cases.entries()) {
    if (stored.length > 0) await ledger.store(id, stored, take)
    for (const seq of damaged) {
      await ledger.sql`
        update chunks set damaged_at = now()
        where recording_id = ${id} and take = ${take} and seq = ${seq}`
    }
  }
  const declared = cases.flatMap(({ declared: chunks }, take) => {
    return chunks === null ? [] : [{ recording_id: id, take, declared: chunks }]
  })
  if (declared.length > 0) await ledger.sql`insert into totals ${ledger.sql(declared)}`
  return id
}

const expected = (cases: readonly Case[], model: (one: Case) => Range[]) =>
  Object.fromEntries(
    cases.flatMap((one, take) => {
      const ranges = model(one)
      return ranges.length > 0 ? [[String(take), ranges]] : []
    }),
  )

describe('rule 11: ranges', () => {
  const recordings = fc.array(takeCase, { minLength: 1, maxLength: 3 })

  test('`have` and `missing` are those of the model, at any seq', async () => {
    await fc.assert(
      fc.asyncProperty(recordings, async (cases) => {
        const id = await build(cases)
        const have = toTakeRanges(await readHave(ledger.db, id, 1000))
        const missing = toTakeRanges(await readMissing(ledger.db, id, 1000))
        expect(have).toEqual(expected(cases, modelHave))
        expect(missing).toEqual(expected(cases, modelMissing))
      }),
      { numRuns: 60 },
    )
  })

  test('no answer is longer than its limit, and it is the beginning of the whole', async () => {
    const id = await build([
      { stored: [1, 3, 5, 7], damaged: [], declared: 10 },
      { stored: [2, TOP], damaged: [], declared: null },
    ])
    const whole = await readMissing(ledger.db, id, 1000)
    const flat = (ranges: typeof whole) =>
      [...ranges].flatMap(([take, list]) => list.map((range) => [take, ...range]))
    for (const limit of [1, 2, 4, 5, 6]) {
      const cut = await readMissing(ledger.db, id, limit)
      expect(flat(cut)).toEqual(flat(whole).slice(0, limit))
    }
    expect(flat(whole)).toEqual([
      [0, 0, 0],
      [0, 2, 2],
      [0, 4, 4],
      [0, 6, 6],
      [0, 8, 9],
      [1, 0, 1],
      [1, 3, TOP - 1],
    ])
    const have = await readHave(ledger.db, id, 3)
    expect(flat(have)).toEqual([
      [0, 1, 1],
      [0, 3, 3],
      [0, 5, 5],
    ])
  })

  test('a take that was declared but never announced is missing as a whole', async () => {
    const id = await ledger.recording([0])
    await ledger.finish(id, [0, 0x1_0000_0000])
    expect(toTakeRanges(await readMissing(ledger.db, id, 10))).toEqual({ '1': [[0, TOP]] })
  })
})
