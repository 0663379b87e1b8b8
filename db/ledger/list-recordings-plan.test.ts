// What a page of the list costs: it follows the page, not the recordings that there are.
import { type SQL, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { seedRecordings } from '../../test/support/many-recordings.ts'
import type { Db } from '../client.ts'
import { LIST_ORDERS, type ListCursor, type ListOrder } from './list-orders.ts'
import { listRecordings } from './list-recordings.ts'

const COUNT = 10_000
const LIMIT = 50
/** Of the recordings: being recorded, and as many each with two versions, and without any. */
const SOME = 40

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
  await seedRecordings(ledger.sql, COUNT)
  await unsettle(SOME)
})
afterAll(() => ledger.close())

/** Of which a list has a few beside all that is settled. */
async function unsettle(count: number): Promise<void> {
  const { sql: db } = ledger
  const ids = (await db`select id from recordings order by id limit ${3 * count}`).map(
    ({ id }) => id,
  )
  const [live, twice, none] = [0, 1, 2].map((of) => ids.slice(of * count, (of + 1) * count))
  await db`update recordings set generation = generation + 1 where id in ${db(live ?? [])}`
  await db`update recordings set version = 2 where id in ${db(twice ?? [])}`
  await db`
    insert into versions (recording_id, version, epoch, generation, status, reason, duration_ms, bytes, gaps, played,
      header, etag, container)
    select recording_id, 2, 2, generation, status, reason, 2 * duration_ms, bytes, gaps, played, header, etag, container
    from versions where recording_id in ${db(twice ?? [])}`
  await db`delete from versions where recording_id in ${db(none ?? [])}`
  await db`update recordings set version = 0, status = 'empty', bytes = 0 where id in ${db(none ?? [])}`
  await db`analyze`
}

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

async function cursorOf(order: ListOrder, after: ListCursor | null = null): Promise<ListCursor> {
  const query = { statuses: null, group: null, order, after, limit: LIMIT }
  const { next } = await listRecordings(ledger.db, query)
  if (!next) throw new Error('one page is all there is')
  return next
}

/** Of the last page but one. */
async function lastCursorOf(order: ListOrder): Promise<ListCursor> {
  let last: ListCursor | null = null
  for (;;) {
    const next: ListCursor | null = await cursorOf(order, last).catch(() => null)
    if (!next) break
    last = next
  }
  if (!last) throw new Error('one page is all there is')
  return last
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

/** How many rows the busiest step of a plan saw, with those that it threw away. */
function mostRows(plan: string): number {
  const steps = [...plan.matchAll(/\(actual rows=([\d.]+) loops=(\d+)\)/g)]
  const thrown = [...plan.matchAll(/Rows Removed by [\w ]+: (\d+)/g)]
  return Math.max(
    ...steps.map(([, rows, loops]) => Number(rows) * Number(loops)),
    ...thrown.map(([, rows]) => Number(rows)),
  )
}

test.each([
  ['longest', ['versions_longest', 'recordings_without_version']],
  ['largest', ['recordings_largest']],
  ['title', ['recordings_title']],
] as const)(
  'the order %s reads its indexes and sorts a page, from the beginning, from a cursor and at the end',
  async (order, indexes) => {
    for (const after of [null, await cursorOf(order), await lastCursorOf(order)]) {
      const plan = await explainList({ order, after })
      for (const index of indexes) expect(plan).toMatch(new RegExp(`(using|on) ${index}`))
      expect(plan).not.toMatch(/Seq Scan on (recordings|versions)/)
      expect(mostRows(plan)).toBeLessThanOrEqual(4 * (LIMIT + 1))
    }
  },
)

test.each(LIST_ORDERS)('the order %s is that of all recordings, sorted', async (order) => {
  const whole = await ledger.sql<{ id: string }[]>`
    select r.id from recordings r left join versions v on v.recording_id = r.id and v.version = r.version
    where r.deleted_at is null
    order by ${ledger.sql.unsafe(SORTED[order])}`
  expect(await idsOf(order)).toEqual(whole.map(({ id }) => id))
})

const SORTED: Record<ListOrder, string> = {
  newest: 'r.created_at desc, r.id desc',
  oldest: 'r.created_at, r.id',
  longest: 'coalesce(v.duration_ms, 0) desc, r.id desc',
  largest: 'r.bytes desc, r.id desc',
  title: `lower(coalesce(r.title, '')), r.id`,
}

async function idsOf(order: ListOrder): Promise<string[]> {
  const ids: string[] = []
  let after: ListCursor | null = null
  do {
    const query = { statuses: null, group: null, order, after, limit: 200 }
    const page = await listRecordings(ledger.db, query)
    ids.push(...page.recordings.map(({ id }) => id))
    after = page.next
  } while (after)
  return ids
}

test.each(LIST_ORDERS)(
  'in the order %s takes are read for the recordings of the page only',
  async (order) => {
    const plan = await explainList({ order, after: await cursorOf(order) })
    const reads = [...plan.matchAll(/on takes.*\(actual rows=[\d.]+ loops=(\d+)\)/g)]
    expect(reads.length).toBeGreaterThan(0)
    for (const [, loops] of reads) expect(Number(loops)).toBeLessThanOrEqual(LIMIT + 1)
  },
)
