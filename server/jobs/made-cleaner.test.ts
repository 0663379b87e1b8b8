import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimJobs, completeJob, queueJob, readJob } from '@holdfast/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestLedger } from '../../test/support/ledger.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics } from '../observe/metrics.ts'
import { LocalMadeFiles } from '../store/local-made-files.ts'
import { openLocalStore } from '../store/local-store.ts'
import type { MadeFiles } from '../store/made-files.ts'
import { cleanMadeFiles } from './made-cleaner.ts'

let ledger: TestLedger
let root: string

beforeAll(async () => {
  ledger = await TestLedger.open()
  root = await mkdtemp(join(tmpdir(), 'holdfast-made-'))
})
afterAll(async () => {
  await ledger.close()
  await rm(root, { recursive: true })
})

/** A recording with an export of its version 1, and what a killed attempt left of it. */
async function exported(): Promise<{ id: string; folder: string; files: MadeFiles }> {
  const id = await ledger.recording()
  const folder = join(root, id.slice(-2), id)
  await mkdir(folder, { recursive: true })
  await ledger.sql`update recordings set version = 1 where id = ${id}`
  const files = new LocalMadeFiles(root)
  const name = { kind: 'export', recordingId: id, version: 1 } as const
  await queueJob(ledger.db, name, false)
  const [claim] = await claimJobs(ledger.db, { kinds: ['export'], leaseMs: 60_000, limit: 1 })
  if (!claim) throw new Error('nothing to claim')
  await writeFile(join(await files.begin({ ...claim, epoch: 0 }), 'half.mp4'), 'half')
  await writeFile(join(await files.begin(claim), 'media.mp4'), 'whole')
  const { name: file, bytes } = await files.keep(claim, 'media.mp4')
  await completeJob(ledger.db, claim, { file, bytes })
  return { id, folder, files }
}

test('an attempt begins with nothing of those before it, and leaves its file alone', async () => {
  const { folder } = await exported()
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^made-\d+-1\.mp4$/)])
})

test('an export that nobody fetched for days is removed, counted, and known no more', async () => {
  const { id, folder, files } = await exported()
  const metrics = createMetrics({ version: 'test', runtime: 'test' })
  metrics.close()
  const deps = { db: ledger.db, files, exportDays: 7, log: createLog({ level: 'silent' }), metrics }
  await cleanMadeFiles(deps)
  expect(await readdir(folder)).toHaveLength(1)
  await ledger.sql`
    update jobs set used_at = now() - interval '8 days' where recording_id = ${id}`
  await cleanMadeFiles(deps)
  expect(await readdir(folder)).toEqual([])
  expect(await readJob(ledger.db, { kind: 'export', recordingId: id, version: 1 })).toBeNull()
  const text = await metrics.registry.metrics()
  expect(text).toContain('holdfast_cleanup_made_files_total 1')
  expect(text).toContain('holdfast_cleanup_bytes_total 5')
})

test('what was made goes with its recording', async () => {
  const { id, folder } = await exported()
  const store = await openLocalStore({ root, incarnation: 'test' })
  expect(await store.purge(id)).toEqual({ bytes: 5 })
  await expect(readdir(folder)).rejects.toThrow('ENOENT')
  await store.close()
})

test('nothing is made in the folder of a recording that is gone', async () => {
  const { id, folder, files } = await exported()
  await rm(folder, { recursive: true })
  const attempt = { recordingId: id, id: 1, epoch: 2 }
  await expect(files.begin(attempt)).rejects.toMatchObject({ code: 'recording_deleted' })
})
