// The fence around ffmpeg. What stands in its place here are real programs that misbehave, and real ffmpeg on bytes that
// try to lead it astray.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadTake } from '../../test/support/corpus.ts'
import { hasFfmpeg } from '../../test/support/ffmpeg.ts'
import { type PROGRAMS, processesWith, writeProgram } from '../../test/support/job-bed.ts'
import { RUNTIMES, runtimeProgram } from '../../test/support/server.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { type FenceTools, findFenceTools, findProgram, type Limits } from './fence.ts'
import { type FfmpegRun, runFfmpeg } from './ffmpeg-run.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, its fence is not tested')

const WITHOUT_DESCRIPTORS = fileURLToPath(
  new URL('../../test/jobs/without-descriptors.ts', import.meta.url),
)
const MiB = 2 ** 20
const WIDE: Limits = {
  ...{ timeMs: 20_000, stallMs: 20_000, memoryBytes: 1024 * MiB, fileBytes: 64 * MiB, threads: 1 },
}
const take = loadTake('webm-vp8-opus-ts100-8s')
let tools: FenceTools
let program: string
let folder: string

beforeAll(async () => {
  tools = await findFenceTools()
  program = (await findProgram('ffmpeg')) ?? ''
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-fence-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

function newRun(parts: Partial<FfmpegRun> = {}): FfmpegRun {
  return {
    ffmpeg: { program, version: '5.1', tools },
    ...{ limits: WIDE, folder, demuxer: 'matroska', format: 'mp4', output: 'out.mp4' },
    input: inPieces(take.joined),
    video: { codec: 'libx264', options: ['-preset', 'ultrafast'] },
    audio: { codec: 'aac' },
    signal: new AbortController().signal,
    ...parts,
  }
}

/** Runs one of the misbehaving programs under these limits. */
async function runProgram(name: keyof typeof PROGRAMS, limits: Partial<Limits> = {}) {
  const ffmpeg = { program: await writeProgram(folder, name), version: '5.1', tools }
  return await runFfmpeg(newRun({ ffmpeg, limits: { ...WIDE, ...limits } })).then(
    () => null,
    (error: Error & { code?: string; details?: { stderr?: string } }) => error,
  )
}

const noneLeft = () => waitFor('no process to be left', () => processesWith(folder).length === 0)

describe.skipIf(!hasFfmpeg)('a run of ffmpeg', () => {
  test('makes a file from a pipe, and tells how far it is', async () => {
    const told: number[] = []
    await runFfmpeg(newRun({ onProgress: (ms) => told.push(ms) }))
    expect((await readFile(join(folder, 'out.mp4'))).subarray(4, 8).toString()).toBe('ftyp')
    expect(told.at(-1)).toBeGreaterThan(7000)
  })

  test('that hangs is ended, with every process that it began', async () => {
    const error = await runProgram('hangs', { stallMs: 300 })
    expect(error).toMatchObject({ code: 'job_limit', message: 'Nothing went on for 300 ms.' })
    await noneLeft()
    expect(processesWith('sleep\x300')).toEqual([])
  })

  test('that takes too long is ended', async () => {
    const error = await runProgram('slow', { timeMs: 500 })
    expect(error).toMatchObject({ code: 'job_limit', message: 'It took more than 500 ms.' })
    await noneLeft()
  })

  test('has so much processor time and no more', async () => {
    // The kernel counts whole seconds; the clock on the wall alone would let it run ten times longer.
    const limits = { timeMs: 10_000, threads: 0.1 }
    const error = await runProgram('spins', limits)
    expect(error).toMatchObject({ code: 'job_limit' })
    expect(error?.message).not.toContain('10000 ms')
    await noneLeft()
  })

  test('has so much memory and no more', async () => {
    const error = await runProgram('eatsMemory', { memoryBytes: 64 * MiB })
    expect(error?.code).toMatch(/^job_(limit|failed)$/)
    await noneLeft()
  })

  test('cannot fill the disk', async () => {
    const error = await runProgram('writesForEver', { fileBytes: MiB })
    expect(error).toMatchObject({ code: 'job_limit' })
    expect((await stat(join(folder, 'endless.mp4'))).size).toBeLessThanOrEqual(MiB)
    await noneLeft()
  })

  test('sees nothing of this server’s environment', async () => {
    process.env.HOLDFAST_TEST_SECRET = 'a key that must not leave'
    const error = await runProgram('tellsEnvironment')
    delete process.env.HOLDFAST_TEST_SECRET
    expect(error?.details?.stderr).toContain('LANG=C')
    expect(error?.details?.stderr).not.toContain('HOLDFAST')
    expect(error?.details?.stderr).not.toContain('HOME=')
  })

  test('has no network where the system can take it away', async ({ skip }) => {
    skip(!tools.hasNoNetwork, 'SKIPPED: unshare --net is not allowed here')
    const error = await runProgram('tellsNetwork')
    // Nothing but its own loopback, which is down.
    expect(error?.details?.stderr?.trim()).toBe('1')
  })

  test('ends at once when it is cancelled, and says why', async () => {
    const ffmpeg = { program: await writeProgram(folder, 'slow'), version: '5.1', tools }
    const cancel = new AbortController()
    const onProgress = () => cancel.abort(new Error('nobody wants it'))
    const run = runFfmpeg(newRun({ ffmpeg, onProgress, signal: cancel.signal }))
    await expect(run).rejects.toThrow('nobody wants it')
    await noneLeft()
  })

  test('ends as quietly when it is cancelled before it has begun', async () => {
    const cancel = new AbortController()
    const run = runFfmpeg(newRun({ signal: cancel.signal }))
    cancel.abort(new Error('nobody wanted it'))
    await expect(run).rejects.toThrow('nobody wanted it')
    await noneLeft()
  })

  test.each(RUNTIMES)(
    'that cannot begin for want of file descriptors fails, and nothing else, on %s',
    async (runtime) => {
      const { stdout } = await promisify(execFile)(
        'prlimit',
        ['--nofile=64', runtimeProgram(runtime), WITHOUT_DESCRIPTORS, program, folder],
        { timeout: 30_000 },
      )
      expect(stdout.trim()).toBe('EMFILE')
    },
  )

  test('fails with what broke its input', async () => {
    async function* broken() {
      yield take.joined.subarray(0, 50_000)
      throw new Error('the disk is gone')
    }
    await expect(runFfmpeg(newRun({ input: broken() }))).rejects.toThrow('the disk is gone')
    await noneLeft()
  })

  test('says which encoder is missing', async () => {
    const run = runFfmpeg(newRun({ video: { codec: 'libnothing' } }))
    await expect(run).rejects.toMatchObject({ code: 'ffmpeg_missing' })
  })
})

describe.skipIf(!hasFfmpeg)('bytes that are no recording', () => {
  let web: Server
  let hits: string[]

  beforeEach(async () => {
    hits = []
    web = createServer((request, response) => {
      hits.push(request.url ?? '')
      response.end('no')
    })
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    // What they want to read: another person's recording, beside the one that is worked on.
    await writeFile(join(folder, 'secret.mkv'), take.joined)
  })
  afterEach(() => new Promise((resolve) => web.close(resolve)))

  const lists = (path: string, url: string) => ({
    'HLS with a file': `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://${path}\n#EXT-X-ENDLIST\n`,
    'HLS with a relative name':
      '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.mkv\n#EXT-X-ENDLIST\n',
    'HLS with an address': `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${url}/secret.mkv\n#EXT-X-ENDLIST\n`,
    'a concat script': `ffconcat version 1.0\nfile ${path}\n`,
    'a concat script with a relative name': 'ffconcat version 1.0\nfile secret.mkv\n',
    'a picture that loads': `<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file://${path}"/><image xlink:href="${url}/x.png"/></svg>`,
    'a DASH manifest': `<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>${url}/</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  })

  test.each(['matroska', 'mp4'] as const)(
    'lead it to no file and no address as %s',
    async (demuxer) => {
      const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
      for (const [name, text] of Object.entries(lists(join(folder, 'secret.mkv'), url))) {
        const input = inPieces(new TextEncoder().encode(text))
        const error = await runFfmpeg(newRun({ input, demuxer })).catch((cause: unknown) => cause)
        expect([name, error]).toMatchObject([name, { code: 'job_failed' }])
      }
      expect(hits).toEqual([])
      expect((await readdir(folder)).filter((name) => name !== 'secret.mkv')).toEqual([])
    },
  )
})
