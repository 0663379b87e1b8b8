// Recorded WebM and Matroska as MP4, without a media byte rewritten: ffmpeg finds every packet of the recorder in it, at
// its time, and nothing to complain of.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpusName, loadWebmTakes, type RecordedTake } from '../support/corpus.ts'
import { buildAsMp4Without, buildWithout, sendTake } from '../support/damaged-take.ts'
import { encode, hasFfmpeg, probe, type ShownPacket, shownPackets } from '../support/ffmpeg.ts'
import { alignSlices, buildAsMp4, buildFile, cutAt } from '../support/take-pipeline.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, WebM as MP4 is not checked by it')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-as-mp4-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const isMapped = ({ mimeType }: RecordedTake) => !/vp8|pcm|avc1/.test(mimeType) && mimeType !== ''
const [mapped, others] = [true, false].map((wanted) =>
  loadWebmTakes().filter((take) => isMapped(take) === wanted),
)

async function expectSamePackets(name: string, slices: readonly Uint8Array[]) {
  const recorded = join(folder, `${name}.webm`)
  const made = join(folder, `${name}.mp4`)
  await writeFile(recorded, Buffer.concat(slices))
  const { init, chunks } = alignSlices(slices)
  const parts = chunks.map((chunk) => chunk.bytes)
  const built = buildAsMp4(init, parts)
  if (!built) throw new Error('not as MP4')
  await writeFile(made, built.bytes)
  expect(built.bytes.length).toBe(built.file.size)
  expect(Buffer.compare(buildAsMp4(null, slices)?.bytes ?? new Uint8Array(0), built.bytes)).toBe(0)
  await expectSameShown(made, recorded)
  const seen = await probe(made, 'mp4')
  expect(seen.warnings).toBe('')
  expect(Math.abs(seen.durationMs - (built.file.durationMs ?? 0))).toBeLessThanOrEqual(1)
  return { built, webm: buildFile(init, parts).file }
}

/** Every packet the same, at the same time. */
async function expectSameShown(made: string, recorded: string): Promise<void> {
  const [found, wanted] = [
    await shownPackets(made, 'mp4'),
    await shownPackets(recorded, 'matroska'),
  ]
  const whats = (streams: ShownPacket[][]) => streams.map((one) => one.map(({ what }) => what))
  expect(whats(found)).toEqual(whats(wanted))
  // ffmpeg rounds a codec delay of 6.5 ms to 7.
  const late = found.flatMap((one, i) => one.map(({ ms }, n) => ms - (wanted[i]?.[n]?.ms ?? 0)))
  expect(Math.max(...late.map(Math.abs))).toBeLessThan(1)
}

describe.skipIf(!hasFfmpeg)(`ffmpeg, on every WebM take of ${corpusName}`, () => {
  test.each(mapped ?? [])('$name: has the same packets at the same times as MP4', async (take) => {
    const { built, webm } = await expectSamePackets(take.name, take.slices)
    expect(Math.abs((built.file.durationMs ?? 0) - (webm.durationMs ?? 0))).toBeLessThanOrEqual(1)
    // Four or eight bytes for size and place, a few for the time.
    const seconds = (built.file.durationMs ?? 0) / 1000
    expect(built.file.header.length).toBeLessThan(1500 + 800 * seconds)
  })

  test.each(others ?? [])('$name: has no place in an MP4', (take) => {
    expect(buildAsMp4(null, take.slices)).toBe(null)
  })
})

const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25']
const OPUS = ['-c:a', 'libopus']
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '2']
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=25']

/** Not recorded: what ffmpeg writes when asked for it. */
const SYNTHETIC: readonly (readonly [string, readonly string[]])[] = [
  ['VP9, and Opus behind a codec delay', [...VP9, ...OPUS]],
  ['VP9 of 10 bits and 4:4:4', [...VP9, '-pix_fmt', 'yuv444p10le', ...OPUS]],
  ['H.264 with an avcC and B-frames', [...X264, ...OPUS]],
  ['HEVC', [...X265, ...OPUS]],
]

describe.skipIf(!hasFfmpeg)('ffmpeg, on synthetic takes', () => {
  test.each(SYNTHETIC)(
    '%s: has the same packets at the same times as MP4',
    async (name, options) => {
      const path = join(folder, 'synthetic.mkv')
      await encode(path, [...options, '-f', 'matroska'])
      const bytes = new Uint8Array(await readFile(path))
      await expectSamePackets(name.replaceAll(/\W/g, '-'), cutAt(bytes, [5000, 9000, 20_000]))
    },
  )
})

describe.skipIf(!hasFfmpeg)('with chunks missing', () => {
  const sendings = ['aligned', 'as recorded'] as const
  const cases = (mapped ?? []).flatMap((take) =>
    [[2], [0], [1, 3]].flatMap((lost) =>
      sendings.map((sending) => ({ name: take.name, take, lost, sending })),
    ),
  )
  test.each(cases)('$name without $lost, $sending: the MP4 has what the WebM has', async (one) => {
    const sent = sendTake(one.take, one.sending)
    // Without an init the header is lost with the first chunk.
    if (one.lost.includes(0) && !sent.init) return
    const [webm, mp4] = [buildWithout(sent, one.lost), buildAsMp4Without(sent, one.lost)]
    const [recorded, made] = [join(folder, 'holed.webm'), join(folder, 'holed.mp4')]
    await writeFile(recorded, webm.bytes)
    await writeFile(made, mp4?.bytes ?? '')
    await expectSameShown(made, recorded)
    expect(Math.abs((mp4?.file.durationMs ?? 0) - (webm.file.durationMs ?? 0))).toBeLessThan(2)
  })
})
