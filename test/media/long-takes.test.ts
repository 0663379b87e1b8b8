// An hour of recording: what the server keeps of it stays small, and the file is laid out from that alone.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readStructure } from '../../media/fixtures/file-structure.ts'
import { hasFfmpeg, packetHashes, probe } from '../support/ffmpeg.ts'
import { measureMedia } from '../support/media-speed.ts'
import { syntheticMp4Slices } from '../support/synthetic-mp4.ts'
import { syntheticSlices } from '../support/synthetic-webm.ts'
import { alignSlices, buildFile } from '../support/take-pipeline.ts'

test('an hour of 3,600 chunks is laid out from a few hundred bytes a chunk', () => {
  const speed = measureMedia(syntheticSlices({ seconds: 3600, bytesPerSecond: 20_000 }))
  expect(speed).toMatchObject({ chunks: 3600, clusters: 10_800 })
  expect(speed.indexBytesPerChunk).toBeLessThan(300)
  // One cue a second of ten bytes and more; a player reads this before the first picture.
  expect(speed.headerBytes).toBeLessThan(150_000)
})

test('an hour of MP4 is laid out from its indexes in the time of a page turn', () => {
  const speed = measureMedia(syntheticMp4Slices(3600, 1000))
  console.info(
    `1 h of MP4: decode ${Math.round(speed.decodeMs)} ms, layout ${Math.round(speed.layoutMs)} ms, ` +
      `${Math.round(speed.indexBytesPerChunk)} bytes of index a second, header ${speed.headerBytes}, ` +
      `align ${Math.round(speed.alignBytesPerSecond / 1e6)} MB/s, index ${Math.round(speed.indexBytesPerSecond / 1e6)} MB/s`,
  )
  expect(speed.chunks).toBe(3600)
  expect(speed.indexBytesPerChunk).toBeLessThan(300)
  // Four bytes a sample, and little more.
  expect(speed.headerBytes).toBeLessThan(3600 * 70 * 6)
})

describe('a synthetic take, which the bench measures with', () => {
  const slices = [...syntheticSlices({ seconds: 20 })]

  test('has the shape of a recorded one', () => {
    const { chunks } = alignSlices(slices)
    expect(slices).toHaveLength(20)
    expect(chunks.every((chunk) => chunk.aligned)).toBe(true)
    const { file, bytes } = buildFile(null, slices)
    const { cues, clusterTicks } = readStructure(bytes)
    expect(clusterTicks).toHaveLength(60)
    expect(cues.map((cue) => cue.blockTicks)).toEqual(cues.map((cue) => cue.timeTicks))
    expect(file.durationMs).toBe(20_040)
  })

  test.skipIf(!hasFfmpeg)('is read by ffmpeg, packet for packet', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-synthetic-'))
    const [joined, virtual] = [join(folder, 'joined.webm'), join(folder, 'virtual.webm')]
    await writeFile(joined, Buffer.concat(slices))
    await writeFile(virtual, buildFile(null, slices).bytes)
    expect(await packetHashes(virtual)).toEqual(await packetHashes(joined))
    expect(await probe(virtual)).toEqual({ durationMs: 20_040, warnings: '' })
    await rm(folder, { recursive: true })
  })
})
