// What ffmpeg reads in a virtual MP4: every packet of the recorder at its time, the right duration, and nothing to
// complain of. Recorded takes, and synthetic ones in the shapes that other recorders are known to write.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpusName, loadMp4Takes } from '../support/corpus.ts'
import { encode, hasFfmpeg, packetTimes, probe } from '../support/ffmpeg.ts'
import { MP4_SHAPES } from '../support/mp4-shapes.ts'
import { alignSlices, type BuiltFile, buildFile, cutAt } from '../support/take-pipeline.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, virtual MP4 is not checked by it')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-mp4-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The file that these slices become, aligned, and where it was written. */
async function writeVirtual(name: string, slices: readonly Uint8Array[]) {
  const { init, chunks } = alignSlices(slices)
  const parts = chunks.map((chunk) => chunk.bytes)
  const built: BuiltFile = buildFile(init, parts)
  expect(built.file.container).toBe('mp4')
  const virtual = join(folder, `${name}.virtual.mp4`)
  await writeFile(virtual, built.bytes)
  return { ...built, virtual }
}

describe.skipIf(!hasFfmpeg)(`ffmpeg, on every MP4 take of ${corpusName}`, () => {
  test.each(loadMp4Takes())('$name: reads the packets of the recorder', async (take) => {
    const joined = join(folder, `${take.name}.joined.mp4`)
    await writeFile(joined, take.joined)
    const { file, virtual } = await writeVirtual(take.name, take.slices)
    expect(await packetTimes(virtual)).toEqual(await packetTimes(joined))
    const seen = await probe(virtual, 'mp4')
    expect(seen.warnings).toBe('')
    expect(Math.abs(seen.durationMs - (file.durationMs ?? 0))).toBeLessThanOrEqual(1)
    const recorded = await probe(joined, 'mp4')
    expect(Math.abs(seen.durationMs - recorded.durationMs)).toBeLessThanOrEqual(1)
  })
})

describe.skipIf(!hasFfmpeg)('ffmpeg, on synthetic takes', () => {
  test.each(MP4_SHAPES)('$name: reads the packets that it wrote', async (shape) => {
    const { name, durationMs, options } = shape
    const joined = join(folder, `${name.replaceAll(/\W/g, '-')}.mp4`)
    await encode(joined, options)
    const bytes = new Uint8Array(await readFile(joined))
    const slices = cutAt(bytes, [5000, 9000, 20_000])
    const { file, virtual, bytes: made } = await writeVirtual(name.replaceAll(/\W/g, '-'), slices)
    expect(Buffer.compare(buildFile(null, slices).bytes, made)).toBe(0)
    expect(await packetTimes(virtual)).toEqual(await packetTimes(joined))
    expect(await probe(virtual, 'mp4')).toEqual({ durationMs, warnings: '' })
    expect(file.durationMs).toBe(durationMs)
  })
})
