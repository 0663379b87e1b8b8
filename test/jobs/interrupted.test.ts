// Jobs that do not come to their end in one go: the server is killed, the job cancelled, the recording deleted, the
// program hangs. The slow ffmpeg is the real one, made to take as long as the recording is.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findFenceTools } from '../../server/jobs/fence.ts'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg } from '../support/ffmpeg.ts'
import { JobBed, noneLeft, type PROGRAMS, processesWith, writeProgram } from '../support/job-bed.ts'
import { RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, no job is interrupted')

const vp8 = loadTake('webm-vp8-opus-requestdata-6s')
describe.skipIf(!hasFfmpeg).each(RUNTIMES)('on %s', (runtime) => {
  let folder: string
  let bed: JobBed | null = null

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-interrupted-'))
  })
  afterEach(async () => {
    await bed?.wire.stop()
    bed = null
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function start(name: keyof typeof PROGRAMS, env: Record<string, string> = {}) {
    const program = await writeProgram(folder, name)
    bed = await JobBed.start(runtime, { HOLDFAST_FFMPEG: program, ...env })
    return bed
  }

  /** A recording whose export has come some way. */
  async function exporting(on: JobBed) {
    const made = await on.record(vp8)
    await on.call('POST', made, 'export')
    await on.untilJob(made, 'export', ({ progress }) => progress > 0)
    return made
  }

  it('goes on after the server was killed, and leaves neither ffmpeg nor half a file', async () => {
    const on = await start('slow')
    const made = await exporting(on)
    expect(processesWith(`/${made.id}/`)).not.toEqual([])
    expect(on.leftovers(made).some((name) => name.startsWith('making-'))).toBe(true)
    await on.wire.server.kill('SIGKILL')
    await noneLeft(made.id)
    await on.wire.server.start()
    const response = await on.made(made, 'media.mp4', 30_000)
    expect(response.status).toBe(200)
    await response.body?.cancel()
    await on.made(made, 'thumbnail.jpg')
    const names = on.leftovers(made).map((name) => name.replace(/-\d+-\d+/, ''))
    expect(names.sort()).toEqual(['made.jpg', 'made.mp4'])
    const [row] = await on.wire.sql`select attempts from jobs where kind = 'export'`
    expect(row).toEqual({ attempts: 2 })
  }, 60_000)

  it('leaves no ffmpeg behind when the server is killed, not even one that hangs', async ({
    skip,
  }) => {
    const { wrap } = await findFenceTools()
    skip(!wrap.includes('setpriv'), 'SKIPPED: setpriv is not here, a hanging ffmpeg outlives it')
    const on = await start('neverEnds')
    const made = await on.record(vp8)
    await on.call('POST', made, 'export')
    await waitFor('ffmpeg', () => processesWith(`/${made.id}/`).length > 0)
    await on.wire.server.kill('SIGKILL')
    await noneLeft(made.id)
    await on.wire.server.start()
  })

  it('is handed back by a server that stops, and the attempt does not count', async () => {
    const on = await start('slow')
    const made = await exporting(on)
    await on.wire.server.kill('SIGTERM')
    expect(processesWith(`/${made.id}/`)).toEqual([])
    expect(on.leftovers(made).filter((name) => name.startsWith('making-'))).toEqual([])
    const [row] = await on.wire.sql`
      select status, attempts, lease_until from jobs where kind = 'export'`
    expect(row).toEqual({ status: 'waiting', attempts: 0, lease_until: null })
  })

  it('ends when it is cancelled, ffmpeg with it, and can be started again', async () => {
    const on = await start('slow')
    const made = await exporting(on)
    expect((await on.call('DELETE', made, 'export')).body).toMatchObject({ status: 'cancelled' })
    await noneLeft(made.id)
    await waitFor('the folder to be gone', () => !on.leftovers(made).join().includes('making-'))
    const answer = await on.get(made, 'media.mp4')
    const { error } = (await answer.json()) as { error: object }
    expect([answer.status, error]).toMatchObject([409, { code: 'job_cancelled', retry: false }])
    expect((await on.call('POST', made, 'export')).body).not.toMatchObject({ status: 'cancelled' })
    expect((await on.made(made, 'media.mp4', 30_000)).status).toBe(200)
  }, 60_000)

  it('ends when its recording is deleted', async () => {
    const on = await start('slow')
    const made = await on.record(vp8, { tokenMayDelete: true })
    await on.call('POST', made, 'export')
    await on.untilJob(made, 'export', ({ progress }) => progress > 0)
    const headers = { Authorization: `Bearer ${made.token}` }
    await on.wire.http.call('DELETE', `/api/recordings/${made.id}`, null, headers)
    await noneLeft(made.id)
    expect((await on.get(made, 'media.mp4')).status).toBe(410)
  })

  it('does not hold up the rest: a program that hangs is ended and the reader told', async () => {
    const on = await start('hangs', { HOLDFAST_JOB_STALL_MS: '500' })
    const made = await on.record(vp8)
    const answer = await on.made(made, 'media.mp4', 45_000)
    const { error } = (await answer.json()) as { error: object }
    expect([answer.status, error]).toMatchObject([500, { code: 'job_limit', retry: false }])
    await noneLeft(folder)
    expect(on.leftovers(made)).toEqual([])
    expect((await on.get(made, 'media')).status).toBe(200)
  }, 60_000)
})

describe.each(RUNTIMES)('without ffmpeg, on %s', (runtime) => {
  let bed: JobBed

  beforeAll(async () => {
    bed = await JobBed.start(runtime, { HOLDFAST_FFMPEG: 'no-such-program' })
  })
  afterAll(() => bed.wire.stop())

  it('the server is ready, records and plays, and says what is missing', async () => {
    const ready = await bed.wire.http.call('GET', '/readyz')
    expect([ready.status, ready.body]).toMatchObject([200, { ready: true, ffmpeg: 'missing' }])
    const able = await bed.wire.http.call('GET', '/api/capabilities')
    expect(able.body).toMatchObject({ ffmpeg: false })
    const made = await bed.record(vp8)
    expect((await bed.get(made, 'media')).status).toBe(200)
    expect(await bed.view(made)).toMatchObject({ mp4Url: null, thumbnailUrl: null, jobs: [] })
    for (const name of ['media.mp4', 'thumbnail.jpg', 'waveform.json', 'posters.vtt']) {
      const answer = await bed.get(made, name)
      const { error } = (await answer.json()) as { error: object }
      expect([answer.status, error]).toMatchObject([501, { code: 'ffmpeg_missing' }])
    }
    const [row] = await bed.wire.sql`select count(*)::int as jobs from jobs`
    expect(row).toEqual({ jobs: 0 })
  })

  it('an MP4 that needs no making is there', async () => {
    const made = await bed.record(loadTake('audio-mp4-opus-ts1000-12s'))
    expect((await bed.get(made, 'media.mp4')).status).toBe(200)
  })
})
