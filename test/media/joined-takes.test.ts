// One file of several takes, over real takes of the same codecs whatever their sizes and track numbers: ffmpeg must find
// every packet of each of them, unchanged, at its time moved by when the take begins in the file.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { VirtualFile } from '@holdfast/media'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpusName, loadTakes, type RecordedTake } from '../support/corpus.ts'
import { hasFfmpeg, probe, type ShownPacket, shownPackets } from '../support/ffmpeg.ts'
import {
  alignSlices,
  type BuiltFile,
  buildFile,
  buildJoined,
  readFile,
} from '../support/take-pipeline.ts'

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, joined takes are not compared')

type Built = RecordedTake & { readonly alone: BuiltFile }

const takes: Built[] = loadTakes()
  .filter((take) => !take.isMp4)
  .map((take) => {
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

function codecsOf({ tracks }: VirtualFile): string {
  return tracks
    .map((track) => track.codecId)
    .sort()
    .join()
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

const moved = (packets: readonly ShownPacket[] = [], byMs: number) =>
  packets.map(({ ms, what }) => ({ ms: Math.round(ms + byMs), what }))

describe.skipIf(!hasFfmpeg)(`two takes of ${corpusName}`, () => {
  test.each(pairs)('$name: every packet of both at its time', async ({ first, second }) => {
    for (const pauses of ['closed', 'kept'] as const) {
      const given = [first, second].map(({ slices }, n) => ({ slices, startedAtMs: n * 45_000 }))
      const joined = buildJoined(given, pauses)
      if (!joined) throw new Error('not joined')
      const lasts = [first, second].map(({ alone }) => alone.file.durationMs ?? 0)
      const startMs = joined.takes[1]?.startMs ?? 0
      if (pauses === 'kept') expect(startMs).toBe(45_000)
      else expect(Math.abs(startMs - (lasts[0] ?? 0))).toBeLessThanOrEqual(1)
      const all = await packetsOf('joined', joined)
      const [one, two] = [await packetsAlone(first), await packetsAlone(second)]
      for (const [kind, packets] of all) {
        const expected = [...moved(one.get(kind), 0), ...moved(two.get(kind), startMs)]
        expect(moved(packets, 0)).toEqual(expected)
      }
      const seen = await probe(join(folder, 'joined.bin'))
      expect(seen.warnings).toBe('')
      expect(seen.durationMs).toBe(joined.file.durationMs)
      expect(Math.abs(seen.durationMs - startMs - (lasts[1] ?? 0))).toBeLessThanOrEqual(1)
    }
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
