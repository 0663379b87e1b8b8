import { afterAll, beforeAll, expect, test } from 'vitest'
import { newResult, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { commitVersion } from './commit-version.ts'
import { failFinalization, readAttempts } from './fail-finalization.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
  await ledger.setUptime()
})
afterAll(() => ledger.close())

async function stoppedRecording(): Promise<string> {
  const id = await ledger.recording()
  await ledger.store(id, [0])
  await ledger.finish(id, [1])
  return id
}

const failure = { code: 'store_failed', message: 'the disk is gone', retryMs: 60_000 }

test('a failure is kept with its reason and told, and the lease is free', async () => {
  const id = await stoppedRecording()
  const claim = await ledger.claim(id)
  expect(await failFinalization(ledger.db, { claim, ...failure })).toBe(true)
  const row = await ledger.row(id)
  expect(row).toMatchObject({ status: 'failed', leaseUntil: null, lastError: failure.message })
  expect(row.nextAttemptAt?.getTime()).toBeGreaterThan(Date.now() + 30_000)
  expect(await ledger.eventNames(id)).toEqual(['status:recording', 'status:finalizing', 'failed'])
})

test('I3: an old epoch cannot declare a failure', async () => {
  const id = await stoppedRecording()
  const zombie = await ledger.claim(id)
  await ledger.age(id, 1, 'lease_until')
  const heir = await ledger.claim(id)
  expect(await failFinalization(ledger.db, { claim: zombie, ...failure })).toBe(false)
  expect(await ledger.row(id)).toMatchObject({ status: 'finalizing', lastError: null })
  const result = newResult()
  await commitVersion(ledger.db, { claim: heir, result, timing: TIMING, by: 'sweeper' })
  expect(await failFinalization(ledger.db, { claim: heir, ...failure })).toBe(false)
  expect(await ledger.row(id)).toMatchObject({ status: 'ready' })
})

test('attempts count up until one succeeds', async () => {
  const id = await stoppedRecording()
  for (const attempt of [1, 2, 3]) {
    const claim = await ledger.claim(id)
    expect(await readAttempts(ledger.db, id)).toBe(attempt)
    await failFinalization(ledger.db, { claim, ...failure, retryMs: 0 })
  }
  const claim = await ledger.claim(id)
  await commitVersion(ledger.db, { claim, result: newResult(), timing: TIMING, by: 'sweeper' })
  expect(await readAttempts(ledger.db, id)).toBe(0)
  expect(await ledger.row(id)).toMatchObject({ status: 'ready', lastError: null })
})
