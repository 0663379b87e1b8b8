// WebM and Matroska as others write it. SYNTHETIC: each case is a recorded take written again in another dialect, or a
// file of ffmpeg's; what a player gets must be the same packets at the same times, wherever the bytes were cut.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readStructure } from '../../media/fixtures/file-structure.ts'
import { encode, hasFfmpeg, packetHashes, probe } from '../support/ffmpeg.ts'
import { alignSlices, buildFile, cutAt } from '../support/take-pipeline.ts'
import { writeDialects } from '../support/webm-dialects.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, dialects are not checked by it')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-dialects-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each(writeDialects())('$name', ({ source, bytes, plain: written }) => {
  const plain = buildFile(null, [written]).file

  test('makes one file, wherever it is cut', () => {
    const { file, bytes: whole } = buildFile(null, [bytes])
    expect(file.container).toBe('webm')
    const slices = cutAt(
      bytes,
      Array.from({ length: 40 }, (_, i) => (i * 48_611) % bytes.length),
    )
    const { init, chunks } = alignSlices(slices)
    const parts = chunks.map((chunk) => chunk.bytes)
    expect(Buffer.compare(whole, buildFile(null, slices).bytes)).toBe(0)
    expect(Buffer.compare(whole, buildFile(init, parts).bytes)).toBe(0)
    expect(init?.length).toBeLessThan(20_000)
  })

  test('has its duration, its seek points and true sizes', () => {
    const { file, bytes: whole } = buildFile(null, [bytes])
    expect(Math.abs((file.durationMs ?? 0) - (plain.durationMs ?? 0))).toBeLessThanOrEqual(1)
    const times = (of: typeof file) => of.keyframes.map((keyframe) => keyframe.ms)
    expect(times(file)).toEqual(times(plain))
    const { cues: points, trailingBytes } = readStructure(whole)
    expect(trailingBytes).toBe(0)
    for (const point of points) expect(point.blockTicks).toBe(point.timeTicks)
  })

  test.skipIf(!hasFfmpeg)('is read by ffmpeg, packet for packet, without a complaint', async () => {
    const [written, virtual] = ['written', 'virtual'].map((one) => join(folder, one)) as [
      string,
      string,
    ]
    const built = buildFile(null, [bytes])
    await Promise.all([writeFile(written, bytes), writeFile(virtual, built.bytes)])
    const hashes = await packetHashes(virtual)
    expect(hashes).toEqual(await packetHashes(written))
    expect(hashes.length).toBeGreaterThanOrEqual(source.packets.length)
    const { durationMs, warnings } = await probe(virtual)
    expect(warnings).toBe('')
    expect(Math.abs(durationMs - (built.file.durationMs ?? 0))).toBeLessThanOrEqual(1)
  })
})

const H264 = ['-map', '0', '-map', '1', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25']
const VP8 = ['-map', '0', '-map', '1', '-c:v', 'libvpx', '-deadline', 'realtime', '-g', '25']

const WRITTEN: Record<string, readonly string[]> = {
  'H.264 and AAC with B-frames': [...H264, '-bf', '2', '-c:a', 'aac'],
  'Cues in front': [...VP8, '-c:a', 'libvorbis', '-cues_to_front', '1'],
  'much room for Cues in front': [...VP8, '-reserve_index_space', '200000'],
  'live, Clusters of unknown size': [...VP8, '-c:a', 'libopus', '-live', '1'],
  'Clusters of 100 ms': [...VP8, '-c:a', 'libopus', '-cluster_time_limit', '100'],
  'HEVC and FLAC': [
    '-map',
    '0',
    '-map',
    '1',
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'log-level=none',
    '-c:a',
    'flac',
  ],
  'sound alone, MP3': ['-map', '1', '-c:a', 'libmp3lame'],
}

describe.skipIf(!hasFfmpeg)('Matroska that ffmpeg wrote', () => {
  test.each(Object.entries(WRITTEN))('%s: keeps packets and duration', async (_, options) => {
    const [written, virtual] = [join(folder, 'written.mkv'), join(folder, 'virtual.mkv')]
    await encode(written, [...options, '-metadata', 'title=synthetic', '-f', 'matroska'])
    const bytes = new Uint8Array(await readFile(written))
    const { file, bytes: whole } = buildFile(
      null,
      cutAt(
        bytes,
        [100, 5000, 5001, 40_000].filter((at) => at < bytes.length),
      ),
    )
    await writeFile(virtual, whole)
    expect(file.container).toBe('webm')
    expect(await packetHashes(virtual)).toEqual(await packetHashes(written))
    const { durationMs, warnings } = await probe(virtual)
    expect(warnings).toBe('')
    const said = (await probe(written)).durationMs || 4000
    // ffmpeg cuts the padding of the last sound packet off, which a recorder does not say.
    expect(Math.abs(durationMs - said)).toBeLessThanOrEqual(60)
  })
})
