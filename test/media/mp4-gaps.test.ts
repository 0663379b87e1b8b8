// Recorded MP4 of which chunks are missing: every sample that can be decoded is in the file, at its right time, and no
// other.
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReadSample, readMp4Samples } from '../../media/fixtures/mp4-samples.ts'
import { readBoxHead } from '../../media/mp4-box.ts'
import { corpusName, loadMp4Takes, type RecordedTake } from '../support/corpus.ts'
import { buildWithout, type SentChunk } from '../support/damaged-take.ts'
import { encode, hasFfmpeg } from '../support/ffmpeg.ts'
import { MP4_SHAPES } from '../support/mp4-shapes.ts'
import { alignSlices, type BuiltFile, buildFile, cutAt } from '../support/take-pipeline.ts'

const NO_HINTS = { aligned: false, clusterMs: null }

/** What is known of a sample of the undamaged take. */
type Known = {
  /** Place in the chunks' bytes. */
  readonly from: number
  readonly to: number
  /** Where its moof begins. */
  readonly moofAt: number
  readonly isKey: boolean
  /** When it is shown, by the movie's clock, and its bytes. */
  readonly what: string
}

type Take = {
  readonly name: string
  readonly init: Uint8Array
  readonly media: Uint8Array
  readonly chunks: readonly SentChunk[]
  /** By track: video first where there is any. */
  readonly tracks: readonly { readonly isVideo: boolean; readonly samples: readonly Known[] }[]
}

const takes = loadMp4Takes().map(describeTake)

function describeTake({ name, slices }: Pick<RecordedTake, 'name' | 'slices'>): Take {
  const { init, chunks } = alignSlices(slices)
  if (!init) throw new Error('no init')
  const media = new Uint8Array(Buffer.concat(chunks.map((chunk) => chunk.bytes)))
  const built = buildFile(init, [media])
  const [extent] = built.file.extents
  if (!extent || !('from' in extent)) throw new Error('no media')
  const moofs = moofsIn(media)
  const tracks = samplesOf(built).map((samples, i) => ({
    isVideo: built.file.tracks[i]?.kind === 'video',
    samples: samples.map(({ sample, what }): Known => {
      const from = sample.bytes.byteOffset - built.bytes.byteOffset - extent.at + extent.from
      const moofAt = moofs.findLast((at) => at < from) ?? 0
      return { from, to: from + sample.bytes.length, moofAt, isKey: sample.isKey, what }
    }),
  }))
  return {
    name,
    init,
    media,
    chunks: chunks.map(({ bytes }) => ({ bytes, hints: NO_HINTS })),
    tracks,
  }
}

function moofsIn(media: Uint8Array): number[] {
  const moofs: number[] = []
  for (let at = 0; at < media.length; ) {
    const head = readBoxHead(media, at)
    if (!head?.size) break
    if (head.type === 'moof') moofs.push(at)
    at += head.size
  }
  return moofs
}

/** The samples of each track with their shown time: what stands in an edit list counts, durations do not. */
function samplesOf({ bytes, file }: BuiltFile): { sample: ReadSample; what: string }[][] {
  return readMp4Samples(bytes).map(({ samples, edits, timescale, movieTimescale }) => {
    expect(file.container).toBe('mp4')
    const waits = (edits ?? []).filter(([, at]) => at === null).reduce((sum, [d]) => sum + d, 0)
    const begins = edits?.find(([, at]) => at !== null)?.[1] ?? 0
    return samples.map((sample) => {
      const shown = (sample.ticks + sample.shift - begins) / timescale + waits / movieTimescale
      // Not at a half: the same time comes out of different sums.
      return { sample, what: `${Math.floor(shown * 1000 + 0.26)} ${md5(sample.bytes)}` }
    })
  })
}

/** What of a track must be in the file when these chunks are lost. */
function expectedOf({ tracks }: Take, chunks: readonly SentChunk[], lost: ReadonlySet<number>) {
  const runs = runsOf(chunks, lost)
  return tracks.map(({ isVideo, samples }) =>
    runs.flatMap(({ from, to, isFirst }) => {
      const there = samples.filter((one) => one.moofAt >= from && one.to <= to && one.from >= from)
      const key = isVideo && !isFirst ? there.findIndex((one) => one.isKey) : 0
      return key < 0 ? [] : there.slice(key).map(({ what }) => what)
    }),
  )
}

/** Stretches of bytes without a hole. */
function runsOf(chunks: readonly SentChunk[], lost: ReadonlySet<number>) {
  const runs: { from: number; to: number; isFirst: boolean }[] = []
  let at = 0
  chunks.forEach(({ bytes }, seq) => {
    const run = runs.at(-1)
    if (!lost.has(seq)) {
      if (run && !lost.has(seq - 1)) run.to = at + bytes.length
      else runs.push({ from: at, to: at + bytes.length, isFirst: seq === 0 })
    }
    at += bytes.length
  })
  return runs
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

const whatsOf = (built: BuiltFile) => {
  const tracks = samplesOf(built)
  return tracks.map((samples) => samples.map(({ what }) => what))
}

function expectRecovered(take: Take, chunks: readonly SentChunk[], lost: ReadonlySet<number>) {
  const built = buildWithout({ init: take.init, chunks }, [...lost])
  const expected = expectedOf(take, chunks, lost)
  // A track of which nothing is left is not in the file, unless nothing of any is.
  const filled = expected.filter((samples) => samples.length > 0)
  expect(whatsOf(built)).toEqual(filled.length > 0 ? filled : expected)
  return built
}

const damage = (take: Take) =>
  fc.record({
    places: fc.uniqueArray(fc.nat(take.media.length), { minLength: 1, maxLength: 9 }),
    lost: fc.array(fc.nat(9), { maxLength: 5 }),
  })

const DAMAGES: readonly (readonly [string, (count: number) => number[]])[] = [
  ['one in the middle', (count) => [count >> 1]],
  ['four', (count) => [1, 3, 4, count - 3]],
  ['the first', () => [0]],
  ['the last', (count) => [count - 1]],
]
const longer = takes.filter(({ chunks }) => chunks.length >= 8)

describe(`MP4 takes of ${corpusName}, of which chunks are missing`, () => {
  describe.each(DAMAGES)('%s:', (_, pick) => {
    test.each(longer)('$name: keeps what can be decoded, at its time', (take) => {
      const lost = new Set(pick(take.chunks.length))
      const { file } = expectRecovered(take, take.chunks, lost)
      const kept = file.runs.filter((run) => run !== null)
      expect(kept.length).toBeGreaterThan(0)
      for (const [n, run] of kept.entries()) {
        expect(run.startMs).toBeLessThan(run.endMs)
        // Opus packets may reach over the first picture behind the hole.
        expect(run.startMs).toBeGreaterThanOrEqual((kept[n - 1]?.endMs ?? 0) - 120)
      }
    })
  })

  test.each(takes)('$name: the same wherever the cuts lie, and whatever is lost', (take) => {
    fc.assert(
      fc.property(damage(take), ({ places, lost }) => {
        const chunks = cutAt(take.media, places).map((bytes) => ({ bytes, hints: NO_HINTS }))
        if (chunks.every(({ bytes }, seq) => bytes.length === 0 || lost.includes(seq))) return
        expectRecovered(take, chunks, new Set(lost))
      }),
      { numRuns: 40 },
    )
  })
})

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, no shapes are made for holes')

describe.skipIf(!hasFfmpeg)('synthetic takes of other shapes, of which chunks are missing', () => {
  test.each(MP4_SHAPES)('$name: keep what can be decoded', async ({ options }) => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-shape-'))
    const path = join(folder, 'shape.mp4')
    await encode(path, options)
    const slices = [new Uint8Array(await readFile(path))]
    await rm(folder, { recursive: true })
    const take = describeTake({ name: '', slices })
    fc.assert(
      fc.property(damage(take), ({ places, lost }) => {
        const chunks = cutAt(take.media, places).map((bytes) => ({ bytes, hints: NO_HINTS }))
        if (chunks.every(({ bytes }, seq) => bytes.length === 0 || lost.includes(seq))) return
        expectRecovered(take, chunks, new Set(lost))
      }),
      { numRuns: 40 },
    )
  })
})

/** The middle chunk came with its first half only, and counts as whole. */
function cutInTwo(take: Take): BuiltFile {
  const middle = take.chunks.length >> 1
  const chunks = take.chunks.map((chunk, seq) =>
    seq === middle ? { ...chunk, bytes: chunk.bytes.slice(0, chunk.bytes.length >> 1) } : chunk,
  )
  return buildWithout({ ...take, chunks }, [])
}

test.each(longer)('$name with half of a chunk: all but its fragments is kept', (take) => {
  const middle = take.chunks.length >> 1
  const without = buildWithout(take, [middle])
  const cut = whatsOf(cutInTwo(take))
  whatsOf(without).forEach((whats, track) => {
    expect(cut[track]).toEqual(expect.arrayContaining(whats))
  })
  const known = new Set(take.tracks.flatMap(({ samples }) => samples.map(({ what }) => what)))
  expect(cut.flat().filter((what) => !known.has(what))).toEqual([])
})
