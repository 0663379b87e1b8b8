import type { JobKind } from '@holdfast/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newResult, TestLedger, TIMING } from '../../test/support/ledger.ts'
import { claimOne } from './claim-due.ts'
import { claimJobs, type JobClaim, renewJob } from './claim-jobs.ts'
import { commitVersion } from './commit-version.ts'
import { deleteRecording, restoreRecording } from './delete-recording.ts'
import { keepJobPart } from './keep-job-part.ts'
import { claimPurges, purgeRows } from './purge-recording.ts'
import { queueJob } from './queue-job.ts'
import { readJob, readJobs } from './read-jobs.ts'
import { cancelJob, completeJob, failJob, releaseJob } from './settle-job.ts'
import { forgetJob, readSpentJobs } from './spent-jobs.ts'

let ledger: TestLedger
const made = { file: 'derived-1-1.mp4', bytes: 7 }
const leaseMs = 60_000
const lease = { leaseMs, progress: 50 }

beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterEach(async () => {
  await ledger.sql`delete from jobs`
})
afterAll(() => ledger.close())

const name = (recordingId: string, kind: JobKind = 'export', version = 1) => ({
  ...{ kind, recordingId, version },
})

async function queued(kind: JobKind = 'export'): Promise<string> {
  const id = await ledger.recording()
  await queueJob(ledger.db, name(id, kind), false)
  return id
}

async function claimAll(kinds: readonly JobKind[] = ['export']): Promise<JobClaim[]> {
  return await claimJobs(ledger.db, { kinds, leaseMs, limit: 100 })
}

async function claimed(): Promise<JobClaim> {
  await queued()
  const [claim] = await claimAll()
  if (!claim) throw new Error('nothing to claim')
  return claim
}

const expireLease = () => ledger.sql`update jobs set lease_until = now() - interval '1 s'`

describe('a job', () => {
  test('is queued once, however often it is asked for', async () => {
    const id = await queued()
    expect(await queueJob(ledger.db, name(id), false)).toBe(false)
    expect(await queueJob(ledger.db, name(id), true)).toBe(false)
    expect(await claimAll()).toHaveLength(1)
  })

  test('goes to one of many who claim at once', async () => {
    await Promise.all([queued(), queued(), queued()])
    const claims = (await Promise.all([claimAll(), claimAll(), claimAll()])).flat()
    expect(claims).toHaveLength(3)
    expect(new Set(claims.map(({ id }) => id)).size).toBe(3)
  })

  test('is claimed by those only who do its kind', async () => {
    await queued('thumbnail')
    expect(await claimAll(['export', 'posters'])).toEqual([])
    expect(await claimAll(['thumbnail', 'waveform'])).toMatchObject([{ attempt: 1, version: 1 }])
  })

  test('of a dead worker is due again when its lease has run out, and fences that worker', async () => {
    const dead = await claimed()
    expect(await claimAll()).toEqual([])
    await expireLease()
    const [next] = await claimAll()
    expect(next).toMatchObject({ id: dead.id, attempt: 2, epoch: dead.epoch + 1 })
    expect(await renewJob(ledger.db, dead, lease)).toBe(false)
    expect(await completeJob(ledger.db, dead, made)).toBe(false)
    expect(await failJob(ledger.db, dead, { code: 'x', message: '', retryMs: null })).toBe(false)
    expect(next && (await completeJob(ledger.db, next, made))).toBe(true)
  })

  test('tells how it stands as events of its recording', async () => {
    const claim = await claimed()
    await renewJob(ledger.db, claim, { leaseMs, progress: 3 })
    await renewJob(ledger.db, claim, { leaseMs, progress: 50 })
    await completeJob(ledger.db, claim, made)
    const rows = await ledger.sql`
      select data from events where recording_id = ${claim.recordingId} and type = 'job' order by id`
    expect(rows.map(({ data }) => [data.type, data.status, data.progress])).toEqual([
      ['job', 'waiting', 0],
      ['job', 'running', 0],
      ['job', 'running', 50],
      ['job', 'done', 100],
    ])
  })

  test('that failed waits before it is tried again, and not for ever', async () => {
    const claim = await claimed()
    const failure = { code: 'job_failed', message: 'why' }
    await failJob(ledger.db, claim, { ...failure, retryMs: 60_000 })
    expect(await claimAll()).toEqual([])
    await ledger.sql`update jobs set run_at = now()`
    const [again] = await claimAll()
    expect(again).toMatchObject({ attempt: 2 })
    if (again) await failJob(ledger.db, again, { ...failure, retryMs: null })
    expect(await claimAll()).toEqual([])
    const row = await readJob(ledger.db, claim)
    expect(row).toMatchObject({ status: 'failed', errorCode: 'job_failed', lastError: 'why' })
  })

  test('goes on from what its dead worker finished, and only attempts in vain count', async () => {
    const first = await claimed()
    const part = { name: 'audio.m4a', file: 'kept-1-1-audio.m4a', percent: 5 }
    expect(await keepJobPart(ledger.db, first, part)).toBe(true)
    await expireLease()
    const [second] = await claimAll()
    const kept = { 'audio.m4a': 'kept-1-1-audio.m4a' }
    expect(second).toMatchObject({ attempt: 2, kept, progress: 5 })
    expect(await keepJobPart(ledger.db, first, part)).toBe(false)
    const next = { name: 'video-0.mp4', file: 'kept-1-2-video-0.mp4', percent: 40 }
    expect(second && (await keepJobPart(ledger.db, second, next))).toBe(true)
    expect(second && (await releaseJob(ledger.db, second))).toBe(true)
    expect(await readJob(ledger.db, first)).toMatchObject({ status: 'waiting', progress: 40 })
    const [third] = await claimAll()
    expect(third).toMatchObject({
      ...{ attempt: 1, progress: 40 },
      kept: { ...kept, 'video-0.mp4': 'kept-1-2-video-0.mp4' },
    })
    expect(third && (await cancelJob(ledger.db, third))).toBe(true)
    expect(await queueJob(ledger.db, first, true)).toBe(true)
    expect(await claimAll()).toMatchObject([{ attempt: 1, kept: {}, progress: 0 }])
  })

  test('that is handed back is due at once, and the attempt does not count', async () => {
    const claim = await claimed()
    expect(await releaseJob(ledger.db, claim)).toBe(true)
    expect(await claimAll()).toMatchObject([{ attempt: 1 }])
  })

  test('that was cancelled is nobody’s, until it is started again', async () => {
    const claim = await claimed()
    expect(await cancelJob(ledger.db, claim)).toBe(true)
    expect(await cancelJob(ledger.db, claim)).toBe(false)
    expect(await renewJob(ledger.db, claim, lease)).toBe(false)
    expect(await completeJob(ledger.db, claim, made)).toBe(false)
    expect(await claimAll()).toEqual([])
    expect(await queueJob(ledger.db, claim, false)).toBe(false)
    expect(await queueJob(ledger.db, claim, true)).toBe(true)
    expect(await claimAll()).toMatchObject([{ attempt: 1 }])
  })

  test('of a deleted recording stops, and comes back with it', async () => {
    const claim = await claimed()
    await deleteRecording(ledger.db, claim.recordingId, 30_000)
    expect(await renewJob(ledger.db, claim, lease)).toBe(false)
    expect(await completeJob(ledger.db, claim, made)).toBe(false)
    await expireLease()
    expect(await claimAll()).toEqual([])
    expect(await queueJob(ledger.db, name(claim.recordingId, 'posters'), false)).toBe(false)
    await restoreRecording(ledger.db, claim.recordingId, 30_000)
    expect(await claimAll()).toMatchObject([{ attempt: 2 }])
  })

  test('goes with its recording', async () => {
    const claim = await claimed()
    await deleteRecording(ledger.db, claim.recordingId, 0)
    const purges = await claimPurges(ledger.db, { undoMs: 0, leaseMs, limit: 100 })
    for (const purge of purges) await purgeRows(ledger.db, purge)
    expect(await readJobs(ledger.db, claim.recordingId, 1)).toEqual([])
  })
})

describe('a new version', () => {
  /** Commits the next version of a recording that holds one more chunk. */
  async function nextVersion(id: string, seq: number): Promise<void> {
    await ledger.store(id, [seq])
    const claim = await claimOne(ledger.db, TIMING, id)
    if (!claim) throw new Error('not claimed')
    const result = newResult({ etag: `e${seq}` })
    const jobs = ['thumbnail'] as const
    await commitVersion(ledger.db, { claim, result, timing: TIMING, by: 'admin', jobs })
  }

  test('brings the jobs that every version gets', async () => {
    const id = await ledger.recording()
    await nextVersion(id, 0)
    expect(await readJobs(ledger.db, id, 1)).toMatchObject([{ kind: 'thumbnail' }])
  })

  test('cancels what was being made from an older one, and has it made from itself', async () => {
    const id = await ledger.recording()
    await nextVersion(id, 0)
    await queueJob(ledger.db, name(id), false)
    const [running] = await claimAll()
    await nextVersion(id, 1)
    const statuses = async (version: number) =>
      (await readJobs(ledger.db, id, version)).map(({ kind, status }) => `${kind} ${status}`)
    expect(await statuses(1)).toEqual(['export cancelled', 'thumbnail cancelled'])
    expect(await statuses(2)).toEqual(['export waiting', 'thumbnail waiting'])
    expect(running && (await completeJob(ledger.db, running, made))).toBe(false)
  })

  test('leaves what was made from an older one until nobody uses it', async () => {
    const id = await ledger.recording()
    await nextVersion(id, 0)
    const [claim] = await claimAll(['thumbnail'])
    if (claim) await completeJob(ledger.db, claim, made)
    await nextVersion(id, 1)
    const spent = async () =>
      (await readSpentJobs(ledger.db, { exportDays: 0, limit: 9 })).map(({ file }) => file)
    expect(await spent()).toEqual([])
    await ledger.sql`update jobs set used_at = now() - interval '3 hours'`
    expect(await spent()).toEqual([made.file])
  })
})

test('an export that nobody fetched for days is spent, and can be made again', async () => {
  const claim = await claimed()
  await completeJob(ledger.db, claim, made)
  await ledger.sql`update recordings set version = 1 where id = ${claim.recordingId}`
  const spent = (exportDays: number) => readSpentJobs(ledger.db, { exportDays, limit: 9 })
  expect(await spent(7)).toEqual([])
  await ledger.sql`update jobs set used_at = now() - interval '8 days'`
  expect(await spent(0)).toEqual([])
  expect(await spent(7)).toEqual([
    { id: claim.id, recordingId: claim.recordingId, file: made.file, bytes: 7 },
  ])
  expect(await forgetJob(ledger.db, claim.id)).toBe(true)
  expect(await queueJob(ledger.db, claim, false)).toBe(true)
})
