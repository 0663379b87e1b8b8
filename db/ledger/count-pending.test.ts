import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TestLedger, TIMING } from '../../test/support/ledger.ts'
import { readFinalizeLag } from './count-pending.ts'
import { failFinalization } from './fail-finalization.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  await ledger.sql`update recordings set deleted_at = now()`
  await ledger.setUptime()
})

const HALF_AN_HOUR_MS = 30 * 60_000
const graceS = TIMING.graceMs / 1000

async function storedRecording(): Promise<string> {
  const id = await ledger.recording()
  await ledger.store(id, [0, 2])
  return id
}

const lag = () => readFinalizeLag(ledger.db, TIMING)
const expectLag = async (seconds: number) => {
  expect(Math.abs((await lag()) - seconds)).toBeLessThan(20)
}

describe('the lag of finalizing', () => {
  test('is none while nobody is due, however many record', async () => {
    for (let n = 0; n < 3; n += 1) await storedRecording()
    expect(await lag()).toBe(0)
  })

  test('is that of the one that waits longest, whoever else is recording', async () => {
    await storedRecording()
    const silent = await storedRecording()
    await ledger.ageAll(silent, HALF_AN_HOUR_MS)
    await expectLag(1800 - graceS)
  })

  test('counts from the stop when all is there, and from the grace time behind it when not', async () => {
    const whole = await storedRecording()
    await ledger.store(whole, [1])
    await ledger.finish(whole, [3])
    await ledger.ageAll(whole, HALF_AN_HOUR_MS)
    await expectLag(1800)
    await ledger.sql`update recordings set deleted_at = now()`
    const holed = await storedRecording()
    await ledger.finish(holed, [3])
    await ledger.ageAll(holed, HALF_AN_HOUR_MS)
    await expectLag(1800 - graceS)
  })

  test('is seen also while no instance sweeps: that is what it is for', async () => {
    const silent = await storedRecording()
    await ledger.ageAll(silent, HALF_AN_HOUR_MS)
    await ledger.setUptime({ beatMs: 10 * 60_000 })
    await expectLag(1800 - graceS)
  })

  test('is none of one that somebody finalizes, or that failed and waits for its next attempt', async () => {
    const [held, failed] = [await storedRecording(), await storedRecording()]
    for (const id of [held, failed]) await ledger.ageAll(id, HALF_AN_HOUR_MS)
    const claims = new Map((await ledger.claims()).map((claim) => [claim.id, claim]))
    const claim = claims.get(failed)
    if (!claim) throw new Error('not claimed')
    await failFinalization(ledger.db, { claim, code: 'x', message: 'y', retryMs: 60_000 })
    expect(await lag()).toBe(0)
    await ledger.age(held, 1000, 'lease_until')
    await expectLag(1800 - graceS)
  })
})
