// Takes that do not go together, another codec after a reload: each plays by itself, and the whole is an MP4 made of all.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { hasFfmpeg, probe, shownPackets } from '../support/ffmpeg.ts'
import { HeldProgram, JobBed, noneLeft } from '../support/job-bed.ts'
import type { Made } from '../support/wire-client.ts'
import { chunk, finishBody, streamed, take as takeFrame } from '../support/wire-frames.ts'

if (!hasFfmpeg)
  console.warn('SKIPPED: ffmpeg is not installed, takes of different codecs are not merged')

const takes = [
  loadTake('webm-vp8-opus-requestdata-6s'),
  loadTake('audio-mp4-opus-ts1000-12s'),
  loadTake('mkv-vp9-opus-ts1000-6s'),
]

describe.skipIf(!hasFfmpeg)('a recording of VP8, then sound in an MP4, then VP9', () => {
  let bed: JobBed
  let program: HeldProgram
  let made: Made
  let folder: string
  const lengths: number[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-merged-'))
    program = await HeldProgram.write(folder)
    bed = await JobBed.start('bun', { HOLDFAST_FFMPEG: program.path })
    const { http } = bed.wire
    made = await http.create()
    for (const [number, { slices, mimeType }] of takes.entries()) {
      const head = takeFrame(number, { mimeType })
      const chunks = slices.map((bytes, seq) => chunk(seq, bytes, { take: number }))
      await http.frames(made, streamed(head, ...chunks), made)
    }
    const totals = finishBody(takes.map(({ slices }) => slices.length))
    const body = JSON.stringify({ token: made.token, ...totals })
    await http.call('POST', `/api/recordings/${made.id}/stop`, body)
    await http.untilStatus(made, 'ready', 1)
  })
  afterAll(async () => {
    await bed.wire.stop()
    await rm(folder, { recursive: true })
  })

  async function save(response: Response, name: string): Promise<string> {
    expect(response.status).toBe(200)
    const path = join(folder, name)
    await writeFile(path, new Uint8Array(await response.arrayBuffer()))
    return path
  }

  it('plays each take by itself, as it was recorded', async () => {
    for (const [number, { isMp4 }] of takes.entries()) {
      const path = await save(await bed.get(made, `media?take=${number}`), `${number}.bin`)
      const { durationMs, warnings } = await probe(path, isMp4 ? 'mp4' : 'matroska')
      expect(warnings).toBe('')
      lengths.push(durationMs)
    }
  })

  it('is one MP4 of all of them, one behind the other, though the server dies on the way', async () => {
    await program.hold('take-1.ts')
    await bed.call('POST', made, 'export')
    await program.began('take-1.ts', 1)
    await bed.wire.server.kill('SIGKILL')
    await noneLeft(made.id)
    await program.release('take-1.ts')
    await bed.wire.server.start()
    const path = await save(await bed.made(made, 'media.mp4', 60_000), 'whole.mp4')
    const { durationMs, warnings } = await probe(path, 'mp4')
    const expectedMs = lengths.reduce((sum, ms) => sum + ms, 0)
    expect(warnings).toBe('')
    expect(Math.abs(durationMs - expectedMs)).toBeLessThan(200)
    const [video = [], audio = []] = await shownPackets(path, 'mp4')
    const inTake = (n: number) => {
      const from = lengths.slice(0, n).reduce((sum, ms) => sum + ms, 0)
      return ({ ms }: { ms: number }) => ms > from + 100 && ms < from + (lengths[n] ?? 0) - 100
    }
    expect(takes.map((_, n) => video.some(inTake(n)))).toEqual([true, false, true])
    expect(takes.map((_, n) => audio.some(inTake(n)))).toEqual([true, true, true])
    const job = await bed.untilJob(made, 'export', ({ status }) => status === 'done')
    expect(job.progress).toBe(100)
    const pieces = program.runs.filter((name) => name.endsWith('.ts'))
    expect(pieces).toEqual(['take-0.ts', 'take-1.ts', 'take-1.ts', 'take-2.ts'])
    const left = bed.leftovers(made).filter((name) => !name.endsWith('.jpg'))
    expect(left).toEqual([expect.stringMatching(/^made-.*\.mp4$/)])
  }, 90_000)
})
