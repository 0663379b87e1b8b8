// What a page of the list costs: it follows the page, not the recordings that there are.
import { type SQL, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { seedRecordings } from '../../test/support/many-recordings.ts'
import type { Db } from '../client.ts'
import { LIST_ORDERS, type ListCursor, type ListOrder, listRecordings } from './list-recordings.ts'

const COUNT = 10_000
const LIMIT = 50

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
  await seedRecordings(ledger.sql, COUNT)
})
afterAll(() => ledger.close())

type Asked = { order: ListOrder; after: ListCursor | null }

/** The statement that `listRecordings` really runs, explained while it runs. */
async function explainList({ order, after }: Asked): Promise<string> {
  let plan = ''
  const explain = {
    execute: async (query: SQL) => {
      const rows = await ledger.db.execute<{ 'QUERY PLAN': string }>(
        sql`explain (analyze, costs off, timing off) ${query}`,
      )
      plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      return []
    },
  } as unknown as Db
  await listRecordings(explain, { statuses: null, group: null, order, after, limit: LIMIT })
  return plan
}

async function cursorOf(order: ListOrder): Promise<ListCursor> {
  const query = { statuses: null, group: null, order, after: null, limit: LIMIT }
  const { next } = await listRecordings(ledger.db, query)
  if (!next) throw new Error('one page is all there is')
  return next
}

test.each(['newest', 'oldest'] as const)(
  'the order %s reads its index, from the beginning and from a cursor',
  async (order) => {
    for (const after of [null, await cursorOf(order)]) {
      const plan = await explainList({ order, after })
      expect(plan).toContain('using recordings_newest')
      expect(plan).not.toMatch(/Seq Scan on recordings|Sort Method/)
    }
  },
)

test.each(LIST_ORDERS)(
  'in the order %s takes are read for the recordings of the page only',
  async (order) => {
    const plan = await explainList({ order, after: await cursorOf(order) })
    const reads = [...plan.matchAll(/on takes.*\(actual rows=[\d.]+ loops=(\d+)\)/g)]
    expect(reads.length).toBeGreaterThan(0)
    for (const [, loops] of reads) expect(Number(loops)).toBeLessThanOrEqual(LIMIT + 1)
  },
)
