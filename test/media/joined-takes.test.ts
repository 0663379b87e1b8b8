// One file of several takes, over real takes of the same codecs whatever their sizes and track numbers: ffmpeg must find
// every packet of each of them, unchanged, at its time moved by when the take begins in the file.
import { mkdtemp, readFile as readSaved, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pauses, VirtualFile } from '@holdfast/media'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpusName, loadTakes, type RecordedTake } from '../support/corpus.ts'
import { encode, hasFfmpeg, probe, type ShownPacket, shownPackets } from '../support/ffmpeg.ts'
import {
  alignSlices,
  type BuiltFile,
  buildFile,
  buildJoined,
  cutAt,
  readFile,
} from '../support/take-pipeline.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, joined takes are not compared')

type Built = RecordedTake & { readonly alone: BuiltFile }

const takes: Built[] = loadTakes().map((take) => {
  const { init, chunks } = alignSlices(take.slices)
  return {
    ...take,
    alone: buildFile(
      init,
      chunks.map((chunk) => chunk.bytes),
    ),
  }
})

/** Each take with the next one of the same codecs, the last with the first. */
const pairs = [...Map.groupBy(takes, ({ alone }) => codecsOf(alone.file)).values()].flatMap(
  (alike) =>
    alike.map((first, n) => {
      const second = alike[(n + 1) % alike.length] ?? first
      return { first, second, name: `${first.name} and ${second.name}` }
    }),
)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-joined-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function codecsOf({ container, tracks }: VirtualFile): string {
  return [container, ...tracks.map((track) => track.codecId).sort()].join()
}

async function saved(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${name}.bin`)
  await writeFile(path, bytes)
  return path
}

/** Packets by kind of track. */
async function packetsOf(name: string, { file, bytes }: Pick<BuiltFile, 'file' | 'bytes'>) {
  const demuxer = file.container === 'mp4' ? 'mp4' : 'matroska'
  const streams = await shownPackets(await saved(name, bytes), demuxer)
  return new Map(streams.map((packets, n) => [file.tracks[n]?.kind ?? '?', packets]))
}

const alone = new Map<string, ReturnType<typeof packetsOf>>()
function packetsAlone(take: Built): ReturnType<typeof packetsOf> {
  const packets = alone.get(take.name) ?? packetsOf(take.name.replaceAll(' ', '-'), take.alone)
  alone.set(take.name, packets)
  return packets
}

/** The same packets at times that differ by less than a tick. */
function expectPackets(found: readonly ShownPacket[], expected: readonly ShownPacket[]): void {
  expect(found.map(({ what }) => what)).toEqual(expected.map(({ what }) => what))
  const off = found.map(({ ms }, n) => Math.abs(ms - (expected[n]?.ms ?? 0)))
  expect(Math.max(...off)).toBeLessThan(0.01)
}

async function expectJoined(first: Built, second: Built, pauses: Pauses): Promise<BuiltFile> {
  const given = [first, second].map(({ slices }, n) => ({ slices, startedAtMs: n * 45_000 }))
  const joined = buildJoined(given, pauses)
  if (!joined) throw new Error('not joined')
  const lasts = [first, second].map(({ alone }) => alone.file.durationMs ?? 0)
  const startMs = joined.takes[1]?.startMs ?? 0
  if (pauses === 'kept') expect(startMs).toBe(45_000)
  else expect(Math.abs(startMs - (lasts[0] ?? 0))).toBeLessThanOrEqual(1)
  const all = await packetsOf('joined', joined)
  const [one, two] = [await packetsAlone(first), await packetsAlone(second)]
  expect(new Set(all.keys())).toEqual(new Set([...one.keys(), ...two.keys()]))
  for (const [kind, packets] of all) {
    const [before, behind] = [one.get(kind) ?? [], two.get(kind) ?? []]
    const later = behind.map(({ ms, what }) => ({ ms: ms + startMs, what }))
    // Sound may begin with packets that are decoded and not heard: these have no room of their own.
    const unheard = before.length > 0 ? behind.filter(({ ms }) => ms < 0).length : 0
    expect(unheard).toBeLessThanOrEqual(1)
    const count = before.length + unheard
    expectPackets(packets.slice(0, before.length), before)
    expect(packets[before.length]?.what).toBe(later[0]?.what)
    expectPackets(packets.slice(count), later.slice(unheard))
  }
  const demuxer = joined.file.container === 'mp4' ? 'mp4' : 'matroska'
  const seen = await probe(join(folder, 'joined.bin'), demuxer)
  expect(seen.warnings).toBe('')
  expect(Math.abs(seen.durationMs - (joined.file.durationMs ?? 0))).toBeLessThanOrEqual(1)
  expect(Math.abs(seen.durationMs - startMs - (lasts[1] ?? 0))).toBeLessThanOrEqual(1)
  return joined
}

describe.skipIf(!hasFfmpeg)(`two takes of ${corpusName}`, () => {
  test.each(pairs)('$name: every packet of both at its time', async ({ first, second }) => {
    await expectJoined(first, second, 'closed')
    await expectJoined(first, second, 'kept')
  })
})

const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '200k']
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8']
const OPUS = ['-c:a', 'libopus']
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '2']
const AAC = ['-c:a', 'aac']
const FRAGMENTS = ['-movflags', 'empty_moov+frag_keyframe+delay_moov+default_base_moof']
const LARGER = ['-vf', 'scale=320:240', '-r', '30']

/** What ffmpeg makes with these options, as a take. */
async function encoded(name: string, ending: string, options: readonly string[]): Promise<Built> {
  const path = join(folder, `${name}.${ending}`)
  await encode(path, options)
  const bytes = new Uint8Array(await readSaved(path))
  const slices = cutAt(bytes, [3000, 7001, 20_000])
  const take = { name, mimeType: `video/${ending}`, isMp4: ending === 'mp4', slices, joined: bytes }
  return { ...take, alone: buildFile(null, slices) }
}

type Recipe = readonly [ending: string, options: readonly string[]]

const TOGETHER: readonly (readonly [string, Recipe, Recipe])[] = [
  [
    'H.264 that is described otherwise, of another size and frame rate, with edit lists',
    ['mp4', [...X264, ...AAC, ...FRAGMENTS]],
    ['mp4', [...X264, ...LARGER, ...AAC, ...FRAGMENTS]],
  ],
  [
    'H.264 without sound, then with it',
    ['mp4', [...X264, '-an', ...FRAGMENTS]],
    ['mp4', [...X264, ...AAC, ...FRAGMENTS]],
  ],
  [
    'WebM without sound, then with it',
    ['webm', [...VP8, '-an']],
    ['webm', ['-map', '1:a', '-map', '0:v', ...VP8, ...LARGER, ...OPUS]],
  ],
  ['WebM with sound, then without', ['webm', [...VP9, ...OPUS]], ['webm', [...VP9, '-an']]],
  [
    'sound of one channel, then of two',
    ['webm', ['-map', '1:a', '-ac', '1', ...OPUS]],
    ['webm', ['-map', '1:a', '-ac', '2', ...OPUS]],
  ],
]

const APART: readonly (readonly [string, Recipe, Recipe])[] = [
  ['VP8 and VP9', ['webm', [...VP8, ...OPUS]], ['webm', [...VP9, ...OPUS]]],
  ['WebM and MP4', ['webm', [...VP9, ...OPUS]], ['mp4', [...VP9, ...OPUS, ...FRAGMENTS]]],
  [
    'sound that is counted otherwise',
    ['mp4', [...X264, ...AAC, ...FRAGMENTS]],
    ['mp4', [...X264, ...AAC, '-ar', '44100', ...FRAGMENTS]],
  ],
  [
    'H.264 in Matroska that is described otherwise',
    ['mkv', [...X264, ...OPUS]],
    ['mkv', [...X264, ...LARGER, ...OPUS]],
  ],
]

describe.skipIf(!hasFfmpeg)('two takes that other recorders may write (synthetic)', () => {
  test.each(TOGETHER)('%s: every packet of both at its time', async (name, one, two) => {
    const first = await encoded(`${name} 1`.replaceAll(/\W/g, '-'), ...one)
    const second = await encoded(`${name} 2`.replaceAll(/\W/g, '-'), ...two)
    await expectJoined(first, second, 'closed')
    await expectJoined(first, second, 'kept')
  })

  test.each(APART)('%s: are not made one file', async (name, one, two) => {
    const first = await encoded(`${name} 1`.replaceAll(/\W/g, '-'), ...one)
    const second = await encoded(`${name} 2`.replaceAll(/\W/g, '-'), ...two)
    const given = [first, second].map(({ slices }) => ({ slices, startedAtMs: 0 }))
    expect(buildJoined(given)).toBeNull()
  })
})

describe(`all takes of a recording of ${corpusName}`, () => {
  test.each(pairs)('$name: any range of the file is the same bytes', ({ first, second }) => {
    const given = [first, second].map(({ slices }) => ({ slices, startedAtMs: 0 }))
    const joined = buildJoined(given)
    if (!joined) throw new Error('not joined')
    const stored = given.flatMap(({ slices }) => alignSlices(slices).chunks.map((one) => one.bytes))
    const { file, bytes } = joined
    const ranges = fc.property(fc.nat(file.size), fc.nat(file.size), (a, b) => {
      const range: [number, number] = a < b ? [a, b] : [b, a]
      const part = readFile(file, stored, range)
      expect(Buffer.compare(part, bytes.subarray(...range))).toBe(0)
    })
    fc.assert(ranges, { numRuns: 10 })
  })
})
