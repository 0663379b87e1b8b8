import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TestLedger, TIMING } from '../../test/support/ledger.ts'
import { beat, countLoneStart, endIncarnation } from './beat.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  await ledger.sql`delete from instances`
  await ledger.sql`update uptime set up_since = now() - interval '1 h', last_beat_at = now()`
})

const beatNow = (incarnation: string) => beat(ledger.db, incarnation, TIMING.gapMs)

/** Since when the instances count as up, in ms. */
async function upMs(): Promise<number> {
  const [row] = await ledger.sql`
    select extract(epoch from now() - up_since)::float8 * 1000 as ms from uptime`
  return Number(row?.ms)
}

/** As if the instance had started and beaten that long ago. */
async function backdate(incarnation: string, startedMs: number, beatMs: number): Promise<void> {
  await ledger.sql`
    update instances set started_at = now() - ${startedMs} * interval '1 ms',
      heartbeat_at = now() - ${beatMs} * interval '1 ms' where incarnation = ${incarnation}`
}

test('a heartbeat and the clean end of an instance are written down', async () => {
  await beatNow('one')
  await beatNow('one')
  const read = () => ledger.sql`select incarnation, stopped_at from instances`
  expect(await read()).toEqual([{ incarnation: 'one', stopped_at: null }])
  await endIncarnation(ledger.db, 'one')
  expect((await read())[0]?.stopped_at).not.toBeNull()
})

test('of an instance that was fenced is refused: it is not heard again under its name', async () => {
  expect(await beatNow('slept')).toBe(true)
  await endIncarnation(ledger.db, 'slept')
  await backdate('slept', 60_000, 50_000)
  expect(await beatNow('slept')).toBe(false)
  const [row] = await ledger.sql`
    select heartbeat_at < now() - interval '40 s' as is_old, stopped_at from instances`
  expect(row?.is_old).toBe(true)
  expect(row?.stopped_at).not.toBeNull()
})

describe('I5: the end of an outage', () => {
  test('is the first heartbeat after a silence of all instances that is longer than a gap', async () => {
    await ledger.setUptime({ upMs: 3_600_000, beatMs: TIMING.gapMs - 20_000 })
    await beatNow('one')
    expect(await upMs()).toBeGreaterThan(3_500_000)
    await ledger.setUptime({ upMs: 3_600_000, beatMs: TIMING.gapMs + 1 })
    await beatNow('one')
    expect(await upMs()).toBeLessThan(60_000)
  })

  test('is the start of an instance that found nobody alive, however short the silence was', async () => {
    await beatNow('killed')
    await backdate('killed', 100_000, 10_100)
    await beatNow('heir')
    await backdate('heir', 10_000, 0)
    await countLoneStart(ledger.db, 'heir')
    expect(await upMs()).toBeGreaterThanOrEqual(10_000)
    expect(await upMs()).toBeLessThan(60_000)
  })

  test('is not the start of an instance beside one that lives on', async () => {
    await beatNow('old')
    await backdate('old', 100_000, 100)
    await beatNow('new')
    await backdate('new', 10_000, 0)
    await countLoneStart(ledger.db, 'new')
    expect(await upMs()).toBeGreaterThan(3_500_000)
  })

  test('I6: is not brought on by a crash loop of one instance beside a healthy one', async () => {
    await beatNow('healthy')
    for (const [i, startedMs] of [9000, 6000, 3000].entries()) {
      await backdate('healthy', 100_000, 100)
      await beatNow(`loop-${i}`)
      await backdate(`loop-${i}`, startedMs, startedMs - 2500)
      await countLoneStart(ledger.db, `loop-${i}`)
    }
    expect(await upMs()).toBeGreaterThan(3_500_000)
  })

  test('I6: is no start that lies in a time to come, since the clock was set back', async () => {
    await beatNow('one')
    await backdate('one', -3_600_000, 0)
    await countLoneStart(ledger.db, 'one')
    expect(await upMs()).toBeGreaterThan(3_500_000)
  })

  test('I6: in a time to come is put right by the next heartbeat', async () => {
    await ledger.setUptime({ upMs: -3_600_000, beatMs: 100 })
    await beatNow('one')
    expect(await upMs()).toBeGreaterThanOrEqual(0)
  })

  test('never moves back', async () => {
    await ledger.setUptime({ upMs: 5000 })
    await beatNow('one')
    await backdate('one', 90_000, 0)
    await ledger.sql`delete from instances where incarnation <> 'one'`
    await countLoneStart(ledger.db, 'one')
    expect(await upMs()).toBeLessThan(60_000)
  })
})
