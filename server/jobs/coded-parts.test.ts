// The seams of what is coded in parts, in a recording that is cut where it is hard: several keyframes in one Cluster, so that
// the bytes of a part hold frames of the ones beside it.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectedFile } from '../../test/support/expected-file.ts'
import { encode, hasFfmpeg, shownPackets } from '../../test/support/ffmpeg.ts'
import type { OpenedMedia } from '../media-file/media-files.ts'
import { codeInParts } from './coded-parts.ts'
import { findFenceTools, findProgram } from './fence.ts'
import { keepFrameTimes, type Making } from './maker.ts'
import { AAC, h264 } from './mp4-codings.ts'
import { planParts } from './part-plan.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, nothing is coded in parts')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-coded-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Four seconds of VP8 and Opus, a keyframe every 400 ms, Clusters of more than a second. */
async function recorded(): Promise<OpenedMedia> {
  const path = join(folder, 'recorded.webm')
  const small = ['-vf', 'scale=32:24', '-c:v', 'libvpx', '-b:v', '5k', '-g', '10']
  await encode(path, [
    ...small,
    '-c:a',
    'libopus',
    '-b:a',
    '8k',
    '-cluster_time_limit',
    '1500',
    '-f',
    'webm',
  ])
  const { file, bytes } = expectedFile([new Uint8Array(await readFile(path))])
  const { container, durationMs, tracks, keyframes, header, size } = file
  return {
    ...{ container, durationMs, tracks, keyframes, size, headBytes: header.length },
    ...{ etag: '"e"', contentType: 'video/webm' },
    async *bytes(from, to) {
      yield bytes.slice(from, to)
    },
  }
}

async function makingOf(media: OpenedMedia): Promise<Making> {
  const [program, tools] = await Promise.all([findProgram('ffmpeg'), findFenceTools()])
  const limits = { timeMs: 60_000, stallMs: 60_000, memoryBytes: 2 ** 31, fileBytes: 2 ** 26 }
  return {
    ...{ media, openParts: async () => [media], folder, partMs: 1000, report: () => undefined },
    ffmpeg: { program: program ?? '', version: '5.1', tools },
    limits: { ...limits, threads: 1 },
    signal: new AbortController().signal,
    parts: {
      once: async (name, _, make) => {
        await make()
        const made = new Uint8Array(await readFile(join(folder, name)))
        return async function* () {
          yield made
        }
      },
    },
  }
}

test.skipIf(!hasFfmpeg)('each frame is in one part, wherever its bytes lie', async () => {
  const media = await recorded()
  const parts = planParts(media, 600)
  const begins = parts.map(({ at }) => at)
  expect(new Set(begins).size).toBeLessThan(begins.length)

  const making = await makingOf(media)
  const { options = [], ...video } = h264(
    media.tracks.find(({ kind }) => kind === 'video') ?? 'unknown',
  )
  const coding = { ...video, options: [...options, ...keepFrameTimes(making.ffmpeg)] }
  await codeInParts(making, parts, { video: coding, audio: AAC, output: 'whole.mp4' })

  const [frames = []] = await shownPackets(join(folder, 'recorded.webm'), 'matroska')
  const [coded = []] = await shownPackets(join(folder, 'whole.mp4'), 'mp4')
  const times = (packets: { ms: number }[]) => packets.map(({ ms }) => Math.round(ms))
  expect(frames.length).toBe(100)
  expect(times(coded)).toEqual(times(frames))
})
