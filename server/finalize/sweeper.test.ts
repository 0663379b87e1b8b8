import { type Result, touchRecordings } from '@holdfast/db'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  faultyDb,
  newFinalizer,
  newSweeper,
  plainLayout,
  QUICK,
  SWEEP_MS,
} from '../../test/support/finalize.ts'
import { newResult, TestLedger } from '../../test/support/ledger.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { gapMsFor, type Sweeper } from './sweeper.ts'

let ledger: TestLedger
let running: Sweeper[] = []
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterEach(async () => {
  await Promise.all(running.map((sweeper) => sweeper.stop()))
  running = []
  await ledger.sql`update recordings set deleted_at = now()`
})
afterAll(() => ledger.close())

function start(parts: Partial<Parameters<typeof newSweeper>[1]> = {}): Sweeper {
  const { finalizer } = newFinalizer(ledger)
  const sweeper = newSweeper(ledger, { finalizer, ...parts })
  running.push(sweeper)
  sweeper.start()
  return sweeper
}

async function storedRecording(): Promise<string> {
  const id = await ledger.recording()
  await ledger.store(id, [0])
  return id
}

const until = (id: string, status: string) =>
  waitFor(`${id} ${status}`, async () => (await ledger.row(id)).status === status)

describe('a sweeper', () => {
  test('I6: finalizes whoever fell silent, and leaves alone whoever shows signs of life', async () => {
    const [silent, alive, empty] = [
      await storedRecording(),
      await storedRecording(),
      await ledger.recording([]),
    ]
    start({ flushSignsOfLife: () => touchRecordings(ledger.db, [alive]) })
    await Promise.all([until(silent, 'ready'), until(empty, 'empty')])
    expect(await ledger.row(silent)).toMatchObject({ reason: 'disconnect', version: 1 })
    expect(await ledger.row(alive)).toMatchObject({ status: 'recording', version: 0 })
  })

  test('I9: finalizes a stopped and complete recording without waiting for the grace time', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [1])
    const timing = { ...QUICK, graceMs: 3_600_000 }
    start({ timing, finalizer: newFinalizer(ledger, { timing }).finalizer })
    await until(id, 'ready')
    expect(await ledger.row(id)).toMatchObject({ reason: 'stop' })
  })

  test('finds what is due at once when it is poked', async () => {
    const timing = { ...QUICK, graceMs: 3_600_000, gapMs: 7_200_000 }
    const parts = { timing, finalizer: newFinalizer(ledger, { timing }).finalizer }
    const sweeper = start({ ...parts, sweepMs: 3_600_000 })
    const id = await storedRecording()
    await ledger.finish(id, [1])
    sweeper.poke()
    await until(id, 'ready')
  })

  test('commits the signs of life before it judges anybody', async () => {
    const [silent, alive] = [await storedRecording(), await storedRecording()]
    start({
      flushSignsOfLife: async () => {
        // Nothing but the signs of this round stands between it and its end.
        await ledger.age(alive, 60_000, 'last_seen_at')
        await touchRecordings(ledger.db, [alive])
      },
    })
    await until(silent, 'ready')
    expect(await ledger.row(alive)).toMatchObject({ status: 'recording', leaseEpoch: 0 })
  })

  test('that was taken for dead says so once, and finalizes nothing more', async () => {
    const incarnation = 'taken-for-dead'
    await ledger.sql`insert into instances (incarnation, stopped_at) values (${incarnation}, now())`
    const id = await storedRecording()
    await ledger.finish(id, [1])
    let told = 0
    const onFenced = () => {
      told += 1
    }
    const sweeper = start({ incarnation, onFenced, sweepMs: 1 })
    await waitFor('the news', () => told > 0)
    sweeper.poke()
    await sweeper.stop()
    expect(told).toBe(1)
    expect(await ledger.row(id)).toMatchObject({ status: 'recording', leaseEpoch: 0 })
    await ledger.sql`delete from instances where incarnation = ${incarnation}`
  })

  test('judges nobody in a round whose signs of life could not be committed', async () => {
    const id = await storedRecording()
    await ledger.setUptime()
    await ledger.ageAll(id, 60_000)
    let rounds = 0
    let isFailing = true
    start({
      flushSignsOfLife: () => {
        rounds += 1
        return isFailing ? Promise.reject(new Error('not now')) : Promise.resolve()
      },
    })
    await waitFor('five rounds', () => rounds >= 5)
    expect(await ledger.row(id)).toMatchObject({ status: 'recording' })
    isFailing = false
    await until(id, 'ready')
  })

  test('I5: goes on after the database was away, and nobody’s grace time ran meanwhile', async () => {
    const id = await storedRecording()
    const { db, state } = faultyDb(ledger.db)
    state.isAway = true
    start({ db, finalizer: newFinalizer(ledger, { db }).finalizer })
    await ledger.ageAll(id, 3_600_000)
    await ledger.setUptime({ beatMs: 3_600_000 })
    const backAt = await databaseNow()
    state.isAway = false
    await until(id, 'ready')
    const [row] = await ledger.versionRows(id)
    const waitedMs = (row?.createdAt.getTime() ?? 0) - backAt
    expect(waitedMs).toBeGreaterThanOrEqual(QUICK.graceMs)
  })

  test('I5: nobody’s grace time runs in a crash loop, and it starts anew when that ends', async () => {
    const id = await storedRecording()
    await ledger.ageAll(id, 3_600_000)
    await ledger.setUptime()
    const timing = { ...QUICK, gapMs: 1000 }
    for (let i = 0; i < 5; i++) {
      let rounds = 0
      const sweeper = start({
        timing,
        incarnation: `life-${i}`,
        flushSignsOfLife: async () => {
          rounds += 1
        },
      })
      await waitFor('three rounds', () => rounds >= 3)
      await sweeper.stop()
    }
    expect(await ledger.row(id)).toMatchObject({ status: 'recording', leaseEpoch: 0 })
    const startedAt = await databaseNow()
    start({ timing, incarnation: 'the last' })
    await until(id, 'ready')
    const [row] = await ledger.versionRows(id)
    expect((row?.createdAt.getTime() ?? 0) - startedAt).toBeGreaterThanOrEqual(QUICK.graceMs)
  })

  test('I6: an instance that starts beside another does not begin the grace time anew', async () => {
    await ledger.setUptime()
    // Above what a busy machine stalls: only starts may count here.
    const parts = { timing: { ...QUICK, gapMs: 1500 }, sweepMs: 100 }
    start({ ...parts, incarnation: 'healthy' })
    const first = await storedRecording()
    await until(first, 'ready')
    const before = await upSince()
    for (let i = 0; i < 3; i++) start({ ...parts, incarnation: `beside-${i}` })
    await waitFor('all to be older than a gap', async () => {
      const [row] = await ledger.sql`
        select count(*)::int as n from instances
        where incarnation like 'beside-%' and heartbeat_at > started_at + interval '2 s'`
      return row?.n === 3
    })
    expect(await upSince()).toBe(before)
  })

  test('does not let a slow layout hold up the heartbeat or other recordings', async () => {
    const slow = await storedRecording()
    let finish: (result: Result) => void = () => undefined
    const held = new Promise<Result>((resolve) => {
      finish = resolve
    })
    const layOut = async (id: string, generation: number): Promise<Result | null> =>
      id === slow ? await held : await plainLayout(ledger)(id, generation)
    start({ finalizer: newFinalizer(ledger, { layOut }).finalizer })
    await until(slow, 'finalizing')
    const other = await storedRecording()
    await until(other, 'ready')
    expect(await ledger.row(slow)).toMatchObject({ status: 'finalizing' })
    finish(newResult())
    await until(slow, 'ready')
  })

  test('waits for what it finalizes when it is stopped, and takes on nothing more', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [1])
    let begun = false
    const layOut = async (of: string, generation: number): Promise<Result | null> => {
      begun = true
      return await plainLayout(ledger)(of, generation)
    }
    const sweeper = start({ finalizer: newFinalizer(ledger, { layOut }).finalizer })
    await waitFor('the layout', () => begun)
    await sweeper.stop()
    expect(await ledger.row(id)).toMatchObject({ status: 'ready' })
    const late = await storedRecording()
    await ledger.finish(late, [1])
    sweeper.poke()
    await new Promise((resolve) => setImmediate(resolve))
    expect(await ledger.row(late)).toMatchObject({ status: 'recording' })
  })

  test('I3: three at once finalize fifty recordings once each', async () => {
    const ids: string[] = []
    for (let i = 0; i < 50; i++) {
      const id = await storedRecording()
      await ledger.finish(id, [1])
      ids.push(id)
    }
    for (let i = 0; i < 3; i++) start({ incarnation: `instance-${i}` })
    for (const id of ids) await until(id, 'ready')
    for (const id of ids) expect(await ledger.versionRows(id)).toHaveLength(1)
  })
})

async function upSince(): Promise<string> {
  const [row] = await ledger.sql`select up_since::text from uptime`
  return String(row?.up_since)
}

async function databaseNow(): Promise<number> {
  const [row] = await ledger.sql`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`
  return Number(row?.ms)
}

test('I5: the silence that counts as an outage is well below the grace time, and above a slow round', () => {
  for (const graceMs of [600, 1500, 5000, 10_000, 60_000]) {
    for (const sweepMs of [SWEEP_MS, 100, 1000]) {
      const gapMs = gapMsFor(sweepMs, graceMs)
      expect(gapMs).toBeGreaterThanOrEqual(3 * sweepMs)
      expect(gapMs <= graceMs / 3 || gapMs === 3 * sweepMs).toBe(true)
    }
  }
  expect(gapMsFor(1000, 10_000)).toBe(3000)
})
