// Parts of a job, on a real ledger and a real folder.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cancelJob, claimJobs, type JobClaim, queueJob } from '@holdfast/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { LocalMadeFiles } from '../store/local-made-files.ts'
import { KeptParts, type ReadPart } from './kept-parts.ts'
import { LOST } from './lane.ts'

let ledger: TestLedger
let root: string
beforeAll(async () => {
  ledger = await TestLedger.open()
  root = await mkdtemp(join(tmpdir(), 'holdfast-parts-'))
})
afterAll(async () => {
  await ledger.close()
  await rm(root, { recursive: true })
})

const folderOf = (id: string) => join(root, id.slice(-2), id)

async function claimAgain(): Promise<JobClaim> {
  await ledger.sql`update jobs set lease_until = now() - interval '1 s' where done_at is null`
  const [claim] = await claimJobs(ledger.db, { kinds: ['export'], leaseMs: 60_000, limit: 1 })
  if (!claim) throw new Error('nothing to claim')
  return claim
}

async function claimed(): Promise<JobClaim> {
  await ledger.sql`delete from jobs`
  const recordingId = await ledger.recording()
  await mkdir(folderOf(recordingId), { recursive: true })
  await queueJob(ledger.db, { kind: 'export', recordingId, version: 1 }, false)
  return await claimAgain()
}

/** As an attempt begins, and how it makes a part of so many bytes. */
async function attempt(claim: JobClaim, maxBytes = 1000) {
  const files = new LocalMadeFiles(root)
  const folder = await files.begin(claim, Object.values(claim.kept))
  const made: string[] = []
  const make = (name: string, bytes: number) => async () => {
    made.push(name)
    await writeFile(join(folder, name), 'x'.repeat(bytes))
  }
  return { parts: new KeptParts({ db: ledger.db, files, maxBytes }, claim), make, made }
}

async function textOf(read: ReadPart): Promise<string> {
  return Buffer.concat(await Array.fromAsync(read())).toString()
}

const filesOf = ({ recordingId }: JobClaim) => readdir(folderOf(recordingId))

test('a part is made once, by whichever attempt', async () => {
  const first = await claimed()
  const one = await attempt(first)
  await one.parts.once('a.mp4', 10, one.make('a.mp4', 4))
  expect(one.parts.hasFinished).toBe(true)

  const two = await attempt(await claimAgain())
  const read = await two.parts.once('a.mp4', 10, two.make('a.mp4', 5))
  expect(two.made).toEqual([])
  expect(two.parts.hasFinished).toBe(false)
  expect(await textOf(read)).toBe('xxxx')
})

test('one whose file is gone is made again', async () => {
  const first = await claimed()
  const one = await attempt(first)
  await one.parts.once('a.mp4', 10, one.make('a.mp4', 4))
  const second = await claimAgain()
  await rm(join(folderOf(first.recordingId), String(second.kept['a.mp4'])))
  const two = await attempt(second)
  const read = await two.parts.once('a.mp4', 10, two.make('a.mp4', 5))
  expect(await textOf(read)).toBe('xxxxx')
})

test('whoever lost the lease while it was made keeps none', async () => {
  const claim = await claimed()
  const { parts, make } = await attempt(claim)
  const losing = async () => {
    await make('a.mp4', 4)()
    await cancelJob(ledger.db, claim)
  }
  await expect(parts.once('a.mp4', 10, losing)).rejects.toBe(LOST)
  expect((await filesOf(claim)).filter((name) => name.startsWith('kept-'))).toEqual([])
})

test('together they are no larger than what may be made, those of earlier attempts too', async () => {
  const first = await claimed()
  const one = await attempt(first, 10)
  await one.parts.once('a.mp4', 10, one.make('a.mp4', 6))
  const two = await attempt(await claimAgain(), 10)
  await two.parts.once('a.mp4', 10, two.make('a.mp4', 6))
  await expect(two.parts.once('b.mp4', 20, two.make('b.mp4', 6))).rejects.toMatchObject({
    code: 'job_limit',
  })
})
