import { afterAll, beforeAll, expect, it } from 'vitest'
import { newResult, TestLedger } from '../../test/support/ledger.ts'
import { claimDue } from './claim-due.ts'
import { commitVersion } from './commit-version.ts'
import { deleteRecording, restoreRecording } from './delete-recording.ts'
import { claimPurges } from './purge-recording.ts'
import { releaseLeases } from './release-leases.ts'

const timing = { graceMs: 10_000, leaseMs: 30_000, gapMs: 120_000 }
let ledger: TestLedger

beforeAll(async () => {
  ledger = await TestLedger.open()
  await ledger.sql`update uptime set last_beat_at = now()`
})
afterAll(() => ledger.close())

it('gives a dead process’s recording to the next one at once, and fences the dead one', async () => {
  const id = await ledger.recording()
  await ledger.store(id, [0])
  await ledger.finish(id, [1])
  const [before] = await claimDue(ledger.db, timing, 10)
  expect(await claimDue(ledger.db, timing, 10)).toEqual([])
  expect(await releaseLeases(ledger.db)).toBe(1)
  const [after] = await claimDue(ledger.db, timing, 10)
  expect(after).toMatchObject({ id, epoch: (before?.epoch ?? 0) + 1 })
  const commit = { result: newResult(), timing, by: 'sweeper' } as const
  if (!before || !after) throw new Error('nothing was claimed')
  expect(await commitVersion(ledger.db, { ...commit, claim: before })).toEqual({ outcome: 'lost' })
  expect(await commitVersion(ledger.db, { ...commit, claim: after })).toMatchObject({ version: 1 })
})

it('lets a purge go on and nobody undo it', async () => {
  const id = await ledger.recording()
  await deleteRecording(ledger.db, id, 0)
  const purge = { undoMs: 0, leaseMs: 60_000, limit: 10 }
  expect(await claimPurges(ledger.db, purge)).toMatchObject([{ id }])
  await releaseLeases(ledger.db)
  expect(await restoreRecording(ledger.db, id, 60_000)).toBe('expired')
  expect(await claimPurges(ledger.db, purge)).toMatchObject([{ id }])
})
