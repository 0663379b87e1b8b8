import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newResult, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { beat } from './beat.ts'
import { claimDue, claimOne } from './claim-due.ts'
import { commitVersion } from './commit-version.ts'
import { failFinalization } from './fail-finalization.ts'
import { renewLease } from './renew-lease.ts'
import { touchRecordings } from './touch-recordings.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(async () => {
  await ledger.sql`update recordings set deleted_at = now()`
  await ledger.setUptime()
})

const { graceMs } = TIMING
const isDue = async (id: string) => (await ledger.dueIds()).includes(id)

async function storedRecording(seqs = [0, 1]): Promise<string> {
  const id = await ledger.recording()
  await ledger.store(id, seqs)
  return id
}

describe('a recording that was not stopped', () => {
  test('is not due within the grace time and is after it', async () => {
    const id = await storedRecording()
    await ledger.age(id, graceMs - 3000, 'last_seen_at')
    expect(await isDue(id)).toBe(false)
    await ledger.age(id, graceMs + 1, 'last_seen_at')
    expect(await isDue(id)).toBe(true)
  })

  test('is not due as long as signs of life come, however old its last chunk is', async () => {
    const id = await storedRecording()
    await ledger.ageAll(id, 3_600_000)
    await touchRecordings(ledger.db, [id])
    expect(await isDue(id)).toBe(false)
  })

  test('that never stored anything is due after the grace time too', async () => {
    const id = await ledger.recording([])
    expect(await isDue(id)).toBe(false)
    await ledger.ageAll(id, graceMs + 1)
    expect(await isDue(id)).toBe(true)
  })
})

describe('rule 7: a stopped recording', () => {
  test('that is complete is due at once', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    expect(await isDue(id)).toBe(true)
  })

  test('with holes waits for the grace time since the last CHUNK, pings or not', async () => {
    const id = await storedRecording([0, 2])
    await ledger.finish(id, [3])
    await ledger.ageAll(id, graceMs - 3000)
    expect(await isDue(id)).toBe(false)
    await ledger.ageAll(id, 3001)
    await touchRecordings(ledger.db, [id])
    expect(await isDue(id)).toBe(true)
  })

  test('with holes gets the grace time after its stop, however old its last chunk is', async () => {
    const id = await storedRecording([0, 2])
    await ledger.ageAll(id, 3_600_000)
    await touchRecordings(ledger.db, [id])
    await ledger.finish(id, [3])
    expect(await isDue(id)).toBe(false)
  })

  test('with holes starts the grace time again with each chunk', async () => {
    const id = await storedRecording([0, 3])
    await ledger.finish(id, [4])
    await ledger.ageAll(id, graceMs + 1)
    await ledger.store(id, [1])
    expect(await isDue(id)).toBe(false)
  })

  test('that promised chunks and never sent one waits, then is due', async () => {
    const id = await ledger.recording()
    await ledger.finish(id, [3])
    expect(await isDue(id)).toBe(false)
    await ledger.ageAll(id, graceMs + 1)
    expect(await isDue(id)).toBe(true)
  })
})

describe('I5: our own outage', () => {
  test('ages nobody: the grace time counts from its end', async () => {
    const id = await storedRecording()
    await ledger.ageAll(id, 3_600_000)
    await ledger.setUptime({ upMs: graceMs - 3000 })
    expect(await isDue(id)).toBe(false)
    await ledger.setUptime({ upMs: graceMs + 1 })
    expect(await isDue(id)).toBe(true)
  })

  test('ages no stopped recording with holes either', async () => {
    const id = await storedRecording([0, 2])
    await ledger.finish(id, [3])
    await ledger.ageAll(id, 3_600_000)
    await ledger.setUptime({ upMs: graceMs - 3000 })
    expect(await isDue(id)).toBe(false)
  })

  test('does not hold up a recording that is stopped and complete', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    await ledger.setUptime({ upMs: 0 })
    expect(await isDue(id)).toBe(true)
  })

  test('judges nobody while our own heartbeat is stale, complete or not', async () => {
    const [stopped, silent] = [await storedRecording(), await storedRecording()]
    await ledger.finish(stopped, [2])
    await ledger.ageAll(silent, 3_600_000)
    await ledger.setUptime({ beatMs: TIMING.gapMs + 1 })
    expect(await ledger.dueIds()).toEqual([])
    await ledger.setUptime()
    expect((await ledger.dueIds()).sort()).toEqual([stopped, silent].sort())
  })
})

describe('the database’s clock set back an hour', () => {
  /** As it was in the hour that is now to come. */
  async function setBack(id: string): Promise<void> {
    await ledger.ageAll(id, -3_600_000)
    await ledger.setUptime({ upMs: -3_600_000, beatMs: -3_600_000 })
  }

  test('I5: judges nobody before a heartbeat has noticed', async () => {
    const id = await storedRecording()
    await setBack(id)
    expect(await isDue(id)).toBe(false)
  })

  test('I5, I6: counts the grace time from the heartbeat that noticed, not from a time to come', async () => {
    const id = await storedRecording()
    await setBack(id)
    await beat(ledger.db, 'test', TIMING.gapMs)
    expect(await isDue(id)).toBe(false)
    await ledger.sql`update uptime set up_since = now() - ${graceMs + 1} * interval '1 ms'`
    expect(await isDue(id)).toBe(true)
  })

  test('I6: holds up no recording that was stopped with holes, and no lease of a dead instance', async () => {
    const [holed, leased] = [await storedRecording([0, 2]), await storedRecording()]
    await ledger.finish(holed, [3])
    await ledger.finish(leased, [2])
    await ledger.claim(leased)
    await ledger.age(leased, -3_600_000, 'lease_until')
    await setBack(holed)
    await beat(ledger.db, 'test', TIMING.gapMs)
    await ledger.sql`update uptime set up_since = now() - ${graceMs + 1} * interval '1 ms'`
    expect((await ledger.dueIds()).sort()).toEqual([holed, leased].sort())
  })

  test('by less than a gap is no time to come: a recorder that was just heard is alive', async () => {
    const id = await storedRecording()
    await ledger.ageAll(id, -TIMING.gapMs / 2)
    expect(await isDue(id)).toBe(false)
  })
})

describe('a claim', () => {
  test('takes the lease, the next epoch and the status, and says so', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    const claim = await ledger.claim(id)
    expect(claim).toEqual({ id, epoch: 1, generation: 2, version: 0 })
    const row = await ledger.row(id)
    expect(row).toMatchObject({ status: 'finalizing', leaseEpoch: 1, attempts: 1 })
    expect(row.leaseUntil?.getTime()).toBeGreaterThan(Date.now() + TIMING.leaseMs - 30_000)
    expect((await ledger.eventNames(id)).at(-1)).toBe('status:finalizing')
  })

  test('I3: is not given twice while its lease runs', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    await ledger.claim(id)
    expect(await isDue(id)).toBe(false)
    expect(await claimOne(ledger.db, TIMING, id)).toBeNull()
  })

  test('I3, I6: whose lease ran out goes to the next finalizer with a new epoch', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    const dead = await ledger.claim(id)
    await ledger.age(id, 1, 'lease_until')
    const heir = await ledger.claim(id)
    expect(heir.epoch).toBe(dead.epoch + 1)
    expect(await renewLease(ledger.db, dead, TIMING.leaseMs)).toBe(false)
    expect(await renewLease(ledger.db, heir, TIMING.leaseMs)).toBe(true)
  })

  test('that is renewed is not taken over', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    const claim = await ledger.claim(id)
    await ledger.age(id, 1, 'lease_until')
    await renewLease(ledger.db, claim, TIMING.leaseMs)
    expect(await isDue(id)).toBe(false)
  })

  test('I3: two instances that sweep at once never get the same recording', async () => {
    const [one, two] = [ledger.connect(), ledger.connect()]
    const ids: string[] = []
    for (let i = 0; i < 40; i++) {
      const id = await storedRecording([0])
      await ledger.finish(id, [1])
      ids.push(id)
    }
    const sweeps = Array.from({ length: 8 }, (_, i) =>
      claimDue(i % 2 ? one.db : two.db, TIMING, 10),
    )
    const claimed = (await Promise.all(sweeps)).flat().map((claim) => claim.id)
    expect(new Set(claimed).size).toBe(claimed.length)
    claimed.push(...(await ledger.dueIds()))
    expect(claimed.sort()).toEqual(ids.sort())
    await Promise.all([one.close(), two.close()])
  })

  test('takes at most as many as were asked for, the longest silent first', async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      const id = await storedRecording([0])
      await ledger.ageAll(id, 100_000 - i * 10_000)
      ids.push(id)
    }
    const first = await claimDue(ledger.db, TIMING, 2)
    expect(first.map((claim) => claim.id).sort()).toEqual(ids.slice(0, 2).sort())
    expect((await ledger.dueIds()).sort()).toEqual(ids.slice(2).sort())
  })

  test('is not given for a deleted recording', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    await ledger.sql`update recordings set deleted_at = now() where id = ${id}`
    expect(await isDue(id)).toBe(false)
    expect(await claimOne(ledger.db, TIMING, id)).toBeNull()
  })

  test('waits after a failure until it may be tried again', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    const claim = await ledger.claim(id)
    await failFinalization(ledger.db, { claim, code: 'x', message: 'y', retryMs: 60_000 })
    expect(await isDue(id)).toBe(false)
    await ledger.sql`
      update recordings set next_attempt_at = now() - interval '1 ms' where id = ${id}`
    expect(await isDue(id)).toBe(true)
  })

  test('ends with a version: nothing is due until something changes', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    const claim = await ledger.claim(id)
    await commitVersion(ledger.db, { claim, result: newResult(), timing: TIMING, by: 'sweeper' })
    await ledger.ageAll(id, 3_600_000)
    expect(await isDue(id)).toBe(false)
  })
})

describe('the admin’s claim', () => {
  test('is given whether the recording is due or not', async () => {
    const id = await storedRecording()
    expect(await claimOne(ledger.db, TIMING, id)).toMatchObject({ id, epoch: 1 })
  })

  test('waits for whoever only writes into the row at that moment, as a sign of life does', async () => {
    const id = await storedRecording()
    const claims = await ledger.meet(id, [() => claimOne(ledger.db, TIMING, id)])
    expect(claims).toMatchObject([{ id, epoch: 1 }])
  })

  test('I3: of two at once goes to one', async () => {
    const id = await storedRecording()
    const ask = () => claimOne(ledger.db, TIMING, id)
    const claims = await ledger.meet(id, [ask, ask])
    expect(claims.map((claim) => claim?.epoch ?? null).sort()).toEqual([1, null])
  })

  test('of a finished recording is taken over like any other when its finalizer dies', async () => {
    const id = await storedRecording()
    await ledger.finish(id, [2])
    const claim = await ledger.claim(id)
    await commitVersion(ledger.db, { claim, result: newResult(), timing: TIMING, by: 'sweeper' })
    await claimOne(ledger.db, TIMING, id)
    expect(await isDue(id)).toBe(false)
    await ledger.age(id, 1, 'lease_until')
    expect(await isDue(id)).toBe(true)
  })
})
