import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newChunk, newResult, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { type Claim, claimOne } from './claim-due.ts'
import { type CommitOutcome, commitVersion, type Finalizes, type Result } from './commit-version.ts'
import { readReadyEvent } from './read-ready-event.ts'
import { resumeRecording } from './resume-recording.ts'
import { touchRecordings } from './touch-recordings.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())
beforeEach(() => ledger.setUptime())

function commit(claim: Claim, result: Result | null = newResult(), by: Finalizes = 'sweeper') {
  return commitVersion(ledger.db, { claim, result, timing: TIMING, by })
}

async function stoppedRecording(chunks = 2): Promise<string> {
  const id = await ledger.recording()
  await ledger.store(id, [0, 1])
  await ledger.finish(id, [chunks])
  if (chunks > 2) await ledger.ageAll(id, 60_000)
  return id
}

async function silentRecording(): Promise<string> {
  const id = await ledger.recording()
  await ledger.store(id, [0, 1])
  await ledger.ageAll(id, 60_000)
  return id
}

describe('a commit', () => {
  test('makes the next version and says so to everyone', async () => {
    const id = await stoppedRecording()
    const claim = await ledger.claim(id)
    const outcome = await commit(claim, newResult({ durationMs: 1234, bytes: 99, etag: 'x' }))
    expect(outcome).toEqual({ outcome: 'committed', version: 1, reason: 'stop' })
    expect(await ledger.row(id)).toMatchObject({
      status: 'ready',
      version: 1,
      reason: 'stop',
      leaseUntil: null,
      attempts: 0,
    })
    expect(await ledger.versionRows(id)).toMatchObject([
      { version: 1, epoch: claim.epoch, generation: claim.generation, etag: 'x', bytes: 99 },
    ])
    expect(await ledger.eventNames(id)).toEqual([
      'status:recording',
      'status:finalizing',
      'status:ready',
      'ready',
    ])
    expect(await readReadyEvent(ledger.db, id)).toMatchObject({ version: 1, durationMs: 1234 })
  })

  test('I8: keeps the exact gaps of an incomplete result', async () => {
    const id = await stoppedRecording(5)
    const gaps = [{ take: 0, fromSeq: 2, toSeq: 4, fromMs: 2000, toMs: null }]
    await commit(await ledger.claim(id), newResult({ status: 'incomplete', gaps }))
    expect(await ledger.row(id)).toMatchObject({ status: 'incomplete' })
    expect(await readReadyEvent(ledger.db, id)).toMatchObject({ status: 'incomplete', gaps })
  })

  test.each([
    ['stop', () => stoppedRecording(), 'sweeper'],
    ['disconnect', () => silentRecording(), 'sweeper'],
    ['admin', () => silentRecording(), 'admin'],
    ['stop', () => stoppedRecording(), 'admin'],
    ['reconcile', () => silentRecording(), 'reconcile'],
  ] as const)('gives the reason `%s`', async (reason, make, by) => {
    const id = await make()
    expect(await commit(await ledger.claim(id), newResult(), by)).toMatchObject({ reason })
  })

  test('gives the reason `pagehide` when the page said so', async () => {
    const id = await ledger.recording()
    await ledger.store(id, [0])
    await ledger.finish(id, [1], 'pagehide')
    expect(await commit(await ledger.claim(id))).toMatchObject({ reason: 'pagehide' })
  })

  test('without any chunk makes the recording `empty`, and no version', async () => {
    const id = await ledger.recording([])
    await ledger.ageAll(id, 60_000)
    expect(await commit(await ledger.claim(id), null)).toEqual({ outcome: 'empty' })
    expect(await ledger.row(id)).toMatchObject({ status: 'empty', version: 0, leaseUntil: null })
    expect(await ledger.versionRows(id)).toEqual([])
    expect(await ledger.dueIds()).not.toContain(id)
  })

  test('of the same result again makes no new version, but tells who waits', async () => {
    const id = await stoppedRecording()
    await commit(await ledger.claim(id))
    const again = await claimOne(ledger.db, TIMING, id)
    expect(await commit(again as Claim, newResult(), 'admin')).toEqual({
      outcome: 'unchanged',
      version: 1,
    })
    expect(await ledger.row(id)).toMatchObject({ status: 'ready', version: 1, leaseUntil: null })
    expect((await ledger.eventNames(id)).slice(-2)).toEqual(['status:ready', 'ready'])
    expect(await ledger.dueIds()).not.toContain(id)
  })

  test.each([
    ['etag', { etag: 'e2' }],
    ['status', { status: 'incomplete' }],
    ['gaps', { gaps: [{ take: 0, fromSeq: 9, toSeq: 9, fromMs: null, toMs: null }] }],
  ] as const)('I2: of a result with another %s makes the next version', async (_, parts) => {
    const id = await stoppedRecording()
    await commit(await ledger.claim(id))
    const before = await ledger.versionRows(id)
    const again = await claimOne(ledger.db, TIMING, id)
    const outcome = await commit(again as Claim, newResult(parts as Partial<Result>), 'admin')
    expect(outcome).toMatchObject({ outcome: 'committed', version: 2 })
    expect((await ledger.versionRows(id))[0]).toEqual(before[0])
  })
})

describe('I3: the fence', () => {
  test('an old epoch cannot commit', async () => {
    const id = await stoppedRecording()
    const zombie = await ledger.claim(id)
    await ledger.age(id, 1, 'lease_until')
    const heir = await ledger.claim(id)
    expect(await commit(zombie, newResult({ etag: 'zombie' }))).toEqual({ outcome: 'lost' })
    expect(await commit(heir)).toMatchObject({ outcome: 'committed', version: 1 })
    expect(await commit(zombie, newResult({ etag: 'zombie' }))).toEqual({ outcome: 'lost' })
    expect((await ledger.versionRows(id)).map((row) => row.etag)).toEqual(['e1'])
  })

  test('the same epoch cannot commit twice', async () => {
    const id = await stoppedRecording()
    const claim = await ledger.claim(id)
    await commit(claim)
    expect(await commit(claim, newResult({ etag: 'other' }))).toEqual({ outcome: 'lost' })
  })

  test('I2: two finalizers that commit at once make one version', async () => {
    const id = await stoppedRecording()
    const claim = await ledger.claim(id)
    const outcomes = await ledger.meet(
      id,
      [1, 2, 3].map(() => () => commit(claim)),
    )
    expect(outcomes.map((one) => one.outcome).sort()).toEqual(['committed', 'lost', 'lost'])
    expect(await ledger.versionRows(id)).toHaveLength(1)
  })

  test('nobody commits for a deleted recording', async () => {
    const id = await stoppedRecording()
    const claim = await ledger.claim(id)
    await ledger.sql`update recordings set deleted_at = now() where id = ${id}`
    expect(await commit(claim)).toEqual({ outcome: 'lost' })
    expect(await ledger.versionRows(id)).toEqual([])
  })

  test('a lease that ran out but was not taken over may still commit', async () => {
    const id = await stoppedRecording()
    const claim = await ledger.claim(id)
    await ledger.age(id, 1, 'lease_until')
    expect(await commit(claim)).toMatchObject({ outcome: 'committed' })
  })
})

describe('rule 6: a chunk or a larger total while it is finalized', () => {
  const released = async (id: string, outcome: CommitOutcome) => {
    expect(['alive', 'lost']).toContain(outcome.outcome)
    expect(await ledger.versionRows(id)).toEqual([])
    expect(await ledger.row(id)).toMatchObject({ status: 'recording', leaseUntil: null })
  }

  test('the chunk of a silent recorder: nothing is committed', async () => {
    const id = await silentRecording()
    const claim = await ledger.claim(id)
    await ledger.store(id, [2])
    await released(id, await commit(claim))
    expect(await ledger.dueIds()).not.toContain(id)
  })

  test('the last hole of a stopped recording: the next claim commits all of it', async () => {
    const id = await stoppedRecording(3)
    const claim = await ledger.claim(id)
    await ledger.store(id, [2])
    await released(id, await commit(claim, newResult({ status: 'incomplete' })))
    expect(await commit(await ledger.claim(id))).toMatchObject({ outcome: 'committed', version: 1 })
  })

  test('a larger total: nothing is committed', async () => {
    const id = await stoppedRecording()
    const claim = await ledger.claim(id)
    await ledger.finish(id, [7])
    await released(id, await commit(claim))
  })

  test('also under the admin’s hand: a version has the generation that it was computed from', async () => {
    const id = await silentRecording()
    const claim = (await claimOne(ledger.db, TIMING, id)) as Claim
    await ledger.commit(newChunk(id, 2))
    await released(id, await commit(claim, newResult(), 'admin'))
  })
})

describe('I5: a live recording is never finalized', () => {
  const alive = async (id: string, claim: Claim) => {
    expect(await commit(claim)).toEqual({ outcome: 'alive' })
    expect(await ledger.versionRows(id)).toEqual([])
    expect(await ledger.row(id)).toMatchObject({ status: 'recording', leaseUntil: null })
    expect((await ledger.eventNames(id)).at(-1)).toBe('status:recording')
  }

  test('a sign of life between claim and commit releases it', async () => {
    const id = await silentRecording()
    const claim = await ledger.claim(id)
    await touchRecordings(ledger.db, [id])
    await alive(id, claim)
  })

  test('a revoked stop between claim and commit releases it', async () => {
    const id = await stoppedRecording()
    const claim = await ledger.claim(id)
    await resumeRecording(ledger.db, id)
    await alive(id, claim)
  })

  test('a stale heartbeat of ours at the commit releases it: nobody’s silence can be judged', async () => {
    const id = await silentRecording()
    const claim = await ledger.claim(id)
    await ledger.setUptime({ beatMs: TIMING.gapMs + 1 })
    await alive(id, claim)
  })

  test('an outage of ours between claim and commit releases it', async () => {
    const id = await silentRecording()
    const claim = await ledger.claim(id)
    await ledger.setUptime({ upMs: 0 })
    await alive(id, claim)
  })

  test('only the admin finalizes it, when asked to', async () => {
    const id = await silentRecording()
    const claim = (await claimOne(ledger.db, TIMING, id)) as Claim
    await touchRecordings(ledger.db, [id])
    expect(await commit(claim, newResult(), 'admin')).toMatchObject({
      outcome: 'committed',
      reason: 'admin',
    })
  })

  test('a released recording is due again once its grace time has run out', async () => {
    const id = await silentRecording()
    const claim = await ledger.claim(id)
    await touchRecordings(ledger.db, [id])
    await commit(claim)
    expect(await ledger.dueIds()).not.toContain(id)
    await ledger.ageAll(id, 60_000)
    expect(await ledger.dueIds()).toContain(id)
  })
})

test('I7: each late chunk makes the next version, and the versions before it stay as they were', async () => {
  const id = await silentRecording()
  await commit(await ledger.claim(id))
  for (const seq of [2, 3]) {
    await ledger.store(id, [seq])
    expect(await ledger.row(id)).toMatchObject({ status: 'recording' })
    await ledger.ageAll(id, 60_000)
    await commit(await ledger.claim(id), newResult({ etag: `with ${seq}` }))
  }
  const rows = await ledger.versionRows(id)
  expect(rows.map(({ version, etag }) => [version, etag])).toEqual([
    [1, 'e1'],
    [2, 'with 2'],
    [3, 'with 3'],
  ])
  expect(rows.map((row) => row.generation)).toEqual([2, 3, 4])
})
