// What a sweep costs: it follows the recordings that are live, never those that are settled.
import { type SQL, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestLedger, TIMING } from '../../test/support/ledger.ts'
import type { Db } from '../client.ts'
import { claimDue } from './claim-due.ts'

const SETTLED = 100_000
const LIVE = 200

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
  await ledger.setUptime()
  await ledger.sql`
    insert into recordings (id, token_hash, status, version, generation, finalized_generation,
      created_at, last_seen_at)
    select gen_random_uuid(), '\\x00', 'ready', 1, 5, 5, now() - i * interval '1 s',
      now() - i * interval '1 s'
    from generate_series(1, ${SETTLED}) i`
  await ledger.sql`
    insert into recordings (id, token_hash) select gen_random_uuid(), '\\x00'
    from generate_series(1, ${LIVE})`
})
afterAll(() => ledger.close())

/** The statement that `claimDue` really runs, explained by the planner. */
async function explainClaim(db: Db, how: SQL = sql`explain`): Promise<string> {
  let claim: SQL | undefined
  const capture = {
    execute: (query: SQL) => {
      claim = query
      return Promise.resolve([])
    },
  } as unknown as Db
  const watched = { transaction: (work: (tx: Db) => unknown) => work(capture) } as unknown as Db
  await claimDue(watched, TIMING, 16)
  const rows = await db.execute<{ 'QUERY PLAN': string }>(sql`${how} ${claim}`)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

describe('a sweep over many settled recordings', () => {
  test('reads the index of the pending ones, before and after the table was analyzed', async () => {
    const fresh = await explainClaim(ledger.db)
    await ledger.sql`analyze recordings`
    const analyzed = await explainClaim(ledger.db)
    for (const plan of [fresh, analyzed]) {
      expect(plan).toContain('recordings_pending')
      expect(plan).not.toContain('Seq Scan on recordings')
    }
  })

  test('touches a number of pages that follows the live recordings', async () => {
    await ledger.sql`vacuum analyze recordings`
    const plan = await explainClaim(ledger.db, sql`explain (analyze, buffers, costs off)`)
    const [, pages] = /Buffers: shared hit=(\d+)/.exec(plan) ?? []
    expect(Number(pages)).toBeLessThan(10 * LIVE)
  })

  test('keeps its limit whatever plan the database chooses', async () => {
    await ledger.sql`
      update recordings set last_seen_at = now() - interval '1 h'
      where generation <> finalized_generation`
    const client = ledger.connect()
    const switches = ['enable_hashjoin', 'enable_hashagg', 'enable_material', 'enable_memoize']
    for (const off of [[], switches, [...switches, 'enable_sort', 'enable_mergejoin']]) {
      const claims = await client.db.transaction(async (tx) => {
        for (const name of off) await tx.execute(sql.raw(`set local ${name} = off`))
        return await claimDue(tx, TIMING, 7)
      })
      expect(claims).toHaveLength(7)
    }
    await client.close()
  })
})
