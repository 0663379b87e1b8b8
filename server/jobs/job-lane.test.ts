// Lanes as several instances run them, on one ledger and one folder, with the real ffmpeg.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JobName, queueJob, readJob } from '@holdfast/db'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../../test/support/corpus.ts'
import { hasFfmpeg } from '../../test/support/ffmpeg.ts'
import { type PROGRAMS, processesWith, writeProgram } from '../../test/support/job-bed.ts'
import { TestLedger } from '../../test/support/ledger.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import type { OpenedMedia } from '../media-file/media-files.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics, type Metrics } from '../observe/metrics.ts'
import { LocalMadeFiles } from '../store/local-made-files.ts'
import { findFenceTools, findProgram } from './fence.ts'
import type { Ffmpeg } from './ffmpeg-run.ts'
import { JobLane, type LaneOptions } from './job-lane.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, no lane has work')

const take = loadTake('webm-vp8-opus-requestdata-6s')
const limits = {
  ...{ timeMs: 30_000, stallMs: 30_000, memoryBytes: 2 ** 31, fileBytes: 2 ** 26, threads: 1 },
}
let ledger: TestLedger
let root: string
let ffmpeg: Ffmpeg
let metrics: Metrics
let lanes: JobLane[] = []

beforeAll(async () => {
  ledger = await TestLedger.open()
  root = await mkdtemp(join(tmpdir(), 'holdfast-lanes-'))
  metrics = createMetrics({ version: 'test', runtime: 'test' })
  metrics.close()
  const [program, tools] = await Promise.all([findProgram('ffmpeg'), findFenceTools()])
  ffmpeg = { program: program ?? '', version: '5.1', tools }
})
afterEach(async () => {
  await Promise.all(lanes.map((lane) => lane.stop()))
  lanes = []
  await ledger.sql`delete from jobs`
})
afterAll(async () => {
  await ledger.close()
  await rm(root, { recursive: true })
})

const media: OpenedMedia = {
  ...{ size: take.joined.length, etag: '"e"', contentType: 'video/webm', container: 'raw' },
  ...{ durationMs: 6000, tracks: [], keyframes: [], headBytes: 0 },
  async *bytes() {
    yield new Uint8Array(take.joined)
  },
}

function start(parts: Partial<LaneOptions> = {}): JobLane {
  const lane = new JobLane({
    ...{ db: ledger.db, files: new LocalMadeFiles(root), ffmpeg },
    media: { open: async () => media, openParts: async () => [media] },
    ...{ limits, leaseMs: 60_000, partMs: 60_000, metrics },
    ...{ log: createLog({ level: 'silent' }), kinds: ['export'], slots: 1, everyMs: 20 },
    ...parts,
  })
  lanes.push(lane)
  lane.poke()
  return lane
}

async function queued(): Promise<JobName> {
  const recordingId = await ledger.recording()
  await mkdir(join(root, recordingId.slice(-2), recordingId), { recursive: true })
  const name = { kind: 'export', recordingId, version: 1 } as const
  await queueJob(ledger.db, name, false)
  return name
}

const until = (name: JobName, status: string, timeoutMs = 15_000) => {
  const isSo = async () => (await readJob(ledger.db, name))?.status === status
  return waitFor(`${status} of ${name.recordingId}`, isSo, { timeoutMs })
}
const filesOf = ({ recordingId }: JobName) =>
  readdir(join(root, recordingId.slice(-2), recordingId))
const program = async (name: keyof typeof PROGRAMS): Promise<Ffmpeg> => ({
  ...ffmpeg,
  program: await writeProgram(root, name),
})

describe.skipIf(!hasFfmpeg)('lanes', () => {
  test('of several instances make each thing once', async () => {
    const names = await Promise.all([queued(), queued(), queued(), queued()])
    for (let i = 0; i < 3; i++) start()
    for (const name of names) await until(name, 'done')
    for (const name of names) {
      expect(await filesOf(name)).toEqual([expect.stringMatching(/^made-\d+-1\.mp4$/)])
    }
    expect(await metrics.registry.metrics()).toContain(
      'holdfast_jobs_total{kind="export",outcome="done"} 4',
    )
  })

  test('run no more at once than they have slots', async () => {
    const names = await Promise.all([queued(), queued(), queued()])
    start({ ffmpeg: await program('slow'), slots: 2 })
    const working = async () =>
      (await Promise.all(names.map(filesOf))).filter((files) => files.length > 0).length
    await waitFor('two at work', async () => (await working()) === 2)
    const [row] = await ledger.sql`select count(*)::int as n from jobs where status = 'running'`
    expect(row).toEqual({ n: 2 })
  })

  test('kill what they make when another took their lease, and leave nothing of it', async () => {
    const name = await queued()
    // It would not end by itself before this test gives up.
    start({ ffmpeg: await program('hangs') })
    await waitFor('ffmpeg', () => processesWith(name.recordingId).length > 0)
    // As an instance does that finds the lease run out: this one slept.
    await ledger.sql`
      update jobs set lease_epoch = lease_epoch + 1, lease_until = now() + interval '1 hour'`
    await waitFor('no ffmpeg', () => processesWith(name.recordingId).length === 0)
    await waitFor('an empty folder', async () => (await filesOf(name)).length === 0)
    expect(await readJob(ledger.db, name)).toMatchObject({ status: 'running', made: null })
  })

  test('end an attempt that takes too long, also where each program that it runs is quick', async () => {
    const name = await queued()
    const { joined } = loadTake('audio-webm-pcm-ts1000-4s')
    const short: OpenedMedia = {
      ...{ ...media, size: joined.length, durationMs: 4000 },
      async *bytes() {
        yield new Uint8Array(joined)
      },
    }
    start({
      ffmpeg: await program('slow'),
      media: { open: async () => short, openParts: async () => [short, short, short] },
      limits: { ...limits, timeMs: 10_000 },
    })
    await until(name, 'failed', 40_000)
    expect(await readJob(ledger.db, name)).toMatchObject({ errorCode: 'job_limit' })
    expect(await filesOf(name)).toEqual([])
  }, 60_000)

  test('make nothing below the disk reserve, and do not count the try', async () => {
    const name = await queued()
    start({ files: Object.assign(new LocalMadeFiles(root), { isDiskLow: async () => true }) })
    await waitFor('the refusal', async () => {
      return (await readJob(ledger.db, name))?.errorCode === 'disk_full'
    })
    expect(await readJob(ledger.db, name)).toMatchObject({ status: 'waiting', attempts: 0 })
    expect(await filesOf(name)).toEqual([])
  })

  test('try again what broke on the way, and give up what breaks every time', async () => {
    const name = await queued()
    let tries = 0
    const open = () => {
      tries += 1
      return Promise.reject(new Error('the disk is away'))
    }
    start({ media: { open, openParts: open } })
    for (let attempt = 1; attempt <= 3; attempt++) {
      await waitFor(`attempt ${attempt}`, async () => {
        const job = await readJob(ledger.db, name)
        return job?.attempts === attempt && job.status !== 'running'
      })
      await ledger.sql`update jobs set run_at = now()`
    }
    await until(name, 'failed')
    expect(tries).toBe(3)
    expect(await filesOf(name)).toEqual([])
  })

  test('give up a job whose workers died of it', async () => {
    const name = await queued()
    await ledger.sql`update jobs set attempts = 3, status = 'running', lease_until = now()`
    start()
    await until(name, 'failed')
    expect(await readJob(ledger.db, name)).toMatchObject({ errorCode: 'job_failed' })
  })
})
