import { afterAll, beforeAll, expect, it } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { deleteRecording } from './delete-recording.ts'
import { LIST_ORDERS, type ListCursor, type ListOrder } from './list-orders.ts'
import { listRecordings } from './list-recordings.ts'

let ledger: TestLedger

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

async function listAll(
  limit: number,
  parts: { order?: ListOrder; search?: string } = {},
): Promise<string[]> {
  const seen: string[] = []
  let after: ListCursor | null = null
  do {
    const page = await listRecordings(ledger.db, {
      statuses: null,
      group: null,
      after,
      limit,
      ...parts,
    })
    seen.push(...page.recordings.map(({ id }) => id))
    after = page.next
  } while (after !== null)
  return seen
}

it('gives every recording once, newest first, also when many were made in the same instant', async () => {
  const ids: string[] = []
  for (let n = 0; n < 9; n += 1) ids.push(await ledger.recording([]))
  await ledger.sql`
    update recordings set created_at = '2026-01-01 00:00:00.123456+00' where id in ${ledger.sql(ids.slice(0, 5))}`
  const expected = await ledger.sql`select id from recordings order by created_at desc, id desc`
  for (const limit of [1, 2, 3, 9, 50]) {
    expect(await listAll(limit)).toEqual(expected.map(({ id }) => id))
  }
})

it('counts the takes of each, also of one that has none', async () => {
  const ids = [
    await ledger.recording([]),
    await ledger.recording([0]),
    await ledger.recording([0, 3]),
  ]
  const { recordings } = await listRecordings(ledger.db, {
    statuses: null,
    group: null,
    after: null,
    limit: 200,
  })
  const counts = new Map(recordings.map(({ id, takeCount }) => [id, takeCount]))
  expect(ids.map((id) => counts.get(id))).toEqual([0, 1, 2])
})

it('hides what is deleted', async () => {
  const id = await ledger.recording()
  expect(await listAll(50)).toContain(id)
  await deleteRecording(ledger.db, id, 1000)
  expect(await listAll(50)).not.toContain(id)
})

it.each(LIST_ORDERS)(
  'goes through all pages of the order %s, each recording once',
  async (order) => {
    const ids = [await ledger.recording(), await ledger.recording(), await ledger.recording()]
    const titles = ['Zebra', 'ähnlich', 'Über İstanbul 100%']
    for (const [place, id] of ids.entries()) {
      await ledger.sql`
      update recordings set title = ${titles[place] ?? null}, bytes = ${(place + 1) * 1e10}
      where id = ${id}`
    }
    const whole = await listAll(200, { order })
    for (const limit of [1, 2, 5]) expect(await listAll(limit, { order })).toEqual(whole)
    expect(new Set(whole).size).toBe(whole.length)
    expect(whole).toEqual(expect.arrayContaining(ids))
    const of = (found: string[]) => found.filter((id) => ids.includes(id))
    if (order === 'largest') expect(of(whole)).toEqual(ids.toReversed())
    if (order === 'oldest') expect(whole).toEqual((await listAll(200)).toReversed())
  },
)

it('finds a part of a title, whatever its case, and takes no sign for a pattern', async () => {
  const id = await ledger.recording()
  await ledger.sql`update recordings set title = 'Quarterly 50%_REPORT' where id = ${id}`
  expect(await listAll(50, { search: '%_report' })).toEqual([id])
  expect(await listAll(50, { search: '%%' })).toEqual([])
})
