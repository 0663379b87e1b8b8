// An export that dies on its way goes on where it was. The ffmpeg is the real one, behind a script that writes down what it is
// asked to make and waits where the test wants the server to die.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg, probe, shownPackets } from '../support/ffmpeg.ts'
import { HeldProgram, JobBed, noneLeft } from '../support/job-bed.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Made } from '../support/wire-client.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, no export is resumed')

/** VP8 with a keyframe about every 5 s. */
const take = loadTake('webm-vp8-opus-ts1000-30s')
const PARTS = Array.from({ length: 6 }, (_, n) => `video-${n}.mp4`)
const SLOW = { timeoutMs: 60_000 }
const DEATHS = ['video-1.mp4', 'video-4.mp4']

describe.skipIf(!hasFfmpeg)('an export in parts', () => {
  let folder: string
  let bed: JobBed
  let program: HeldProgram
  /** As it was recorded, and as an MP4 that nobody disturbed. */
  const paths = { source: '', mp4: '' }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-resumed-'))
    program = await HeldProgram.write(folder)
    bed = await JobBed.start('bun', {
      HOLDFAST_FFMPEG: program.path,
      HOLDFAST_EXPORT_PART_MS: '5000',
    })
    const made = await bed.record(take)
    paths.source = await save(made, 'media', 'source.webm')
    paths.mp4 = await save(made, 'media.mp4', 'undisturbed.mp4')
    await rm(join(folder, 'runs'))
  })
  afterAll(async () => {
    await bed.wire.stop()
    await rm(folder, { recursive: true })
  })

  const isOfExport = (name: string) => /^(audio|video-\d+|media)\./.test(name)
  const kept = (made: Made) => bed.leftovers(made).filter((name) => /^(kept|making)-/.test(name))

  async function progressOf(made: Made): Promise<number> {
    return (await bed.untilJob(made, 'export', () => true)).progress
  }

  async function save(made: Made, name: string, as: string): Promise<string> {
    const response = await bed.made(made, name, 60_000)
    expect(response.status).toBe(200)
    await writeFile(join(folder, as), new Uint8Array(await response.arrayBuffer()))
    return join(folder, as)
  }

  /** Kills the server while ffmpeg waits at this part, when it has told of its progress. */
  async function killAt(made: Made, name: string, toldBefore: number): Promise<number> {
    await program.began(name, 1)
    const { progress } = await bed.untilJob(made, 'export', (job) => job.progress > toldBefore)
    await bed.wire.server.kill('SIGKILL')
    await noneLeft(made.id)
    return progress
  }

  it('goes on after each death of the server, and is the same file as one that nobody disturbed', async () => {
    const made = await bed.record(take)
    for (const name of DEATHS) await program.hold(name)
    await bed.call('POST', made, 'export')
    const told = [0]
    for (const name of DEATHS) {
      told.push(await killAt(made, name, Math.max(...told)))
      await bed.wire.server.start()
      await program.began(name, 2)
      told.push(await progressOf(made))
      await program.release(name)
    }
    const path = await save(made, 'media.mp4', 'interrupted.mp4')

    const twice = (name: string) => (DEATHS.includes(name) ? [name, name] : [name])
    const expected = ['audio.m4a', ...PARTS.flatMap(twice), 'media.mp4']
    expect(program.runs.filter(isOfExport)).toEqual(expected)
    expect(told.toSorted((a, b) => a - b)).toEqual(told)
    const names = bed.leftovers(made).map((name) => name.replace(/-\d+-\d+/, ''))
    expect(names.filter((name) => !name.endsWith('.jpg'))).toEqual(['made.mp4'])

    expect(readFileSync(path).equals(readFileSync(paths.mp4))).toBe(true)
  }, 120_000)

  it('has every frame once, at its recorded time, and sound without a seam', async () => {
    const { source, mp4 } = paths
    expect((await probe(mp4, 'mp4')).warnings).toBe('')
    const inOrder = (times: { ms: number }[]) => times.map(({ ms }) => Math.round(ms))
    const recorded = await shownPackets(source, 'matroska')
    const [video = [], audio = []] = await shownPackets(mp4, 'mp4')
    // Frames are more than packets of sound; which of them is the first track differs from take to take.
    const frames = recorded.toSorted((a, b) => b.length - a.length)[0] ?? []
    expect(frames.length).toBeGreaterThan(500)
    expect(inOrder(video)).toEqual(inOrder(frames))
    const steps = audio.slice(1).map(({ ms }, n) => ms - (audio[n]?.ms ?? 0))
    expect(steps.every((ms) => Math.abs(ms - 1024 / 48) < 0.1)).toBe(true)
    expect(audio[0]?.ms).toBeCloseTo(-1024 / 48, 1)
  }, 60_000)

  it('leaves nothing behind when it is cancelled', async () => {
    const made = await bed.record(take)
    await program.hold('video-2.mp4')
    await bed.call('POST', made, 'export')
    await waitFor('it to wait', () => kept(made).some((name) => name.endsWith('video-1.mp4')), SLOW)
    expect(kept(made).filter((name) => name.startsWith('kept-'))).toHaveLength(3)
    await bed.call('DELETE', made, 'export')
    await waitFor('everything to be gone', () => kept(made).length === 0)
    await noneLeft(made.id)
    await program.release('video-2.mp4')
  }, 60_000)
})
