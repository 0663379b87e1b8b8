import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ID } from './ebml.ts'
import { element, joinBytes, uintElement } from './ebml-writer.ts'
import {
  cluster,
  ebmlHeader,
  frame,
  header,
  keyframe,
  lacedSounds,
  sound,
  TRACKS,
  unknownSized,
  VIDEO,
} from './fixtures/sample-webm.ts'
import { type ChunkIndex, indexChunk, mediaEndMs, startIndex } from './index-chunk.ts'
import { decodeChunkIndex, encodeChunkIndex, firstSeqOf } from './index-codec.ts'
import { layoutTake } from './layout.ts'
import { MediaError } from './media-error.ts'

const MEDIA = joinBytes([cluster(0, keyframe(0), sound(3)), cluster(1000, keyframe(5), sound(60))])

function indexAll(init: Uint8Array | null, chunks: readonly Uint8Array[]): ChunkIndex[] {
  let state = startIndex(init)
  return chunks.map((bytes) => {
    const { index } = indexChunk(state, bytes)
    state = index.after
    return index
  })
}

function cutMedia(places: readonly number[]): Uint8Array[] {
  const bounds = [0, ...places, MEDIA.length].sort((a, b) => a - b)
  return bounds.slice(1).map((to, i) => MEDIA.subarray(bounds[i], to))
}

test('a Cluster whose head straddles the cut begins before its chunk', () => {
  const second = cluster(0, keyframe(0), sound(3)).length
  const [, index] = indexAll(header(), cutMedia([second + 5]))
  expect(index).toMatchObject({
    clusters: [{ offset: -5, headBytes: 12, timecode: 1000, timecodeBytes: 4 }],
    cues: [{ cluster: 0, relative: 4, timeTicks: 1005 }],
  })
})

test('a keyframe in the Cluster of the chunk before says so', () => {
  const firstBlock = cluster(0).length
  const [, index] = indexAll(header(), cutMedia([firstBlock + 2]))
  expect(index).toMatchObject({
    cues: [{ cluster: -1, relative: firstBlock - 12, timeTicks: 0 }, { cluster: 0 }],
  })
})

test('spans tell which times of each track a chunk completed', () => {
  const [index] = indexAll(header(), [MEDIA])
  expect(index?.spans).toEqual([
    { track: VIDEO, firstMs: 0, lastMs: 1005 },
    { track: 2, firstMs: 3, lastMs: 1060 },
  ])
  expect(index && mediaEndMs(index.after)).toBe(1205)
})

test('a laced block lasts as long as all its frames', () => {
  const [index] = indexAll(header(), [joinBytes([MEDIA, lacedSounds(120)])])
  expect(index && mediaEndMs(index.after)).toBe(1000 + 120 + 2 * 60)
})

test('the header is in the index of the chunk that completed it, whether or not there was an init', () => {
  const head = header()
  for (const cuts of [[], [1], [2, 3], [4]]) {
    const indexes = indexAll(head, cutMedia(cuts))
    expect(indexes.map((index) => index.header).filter((one) => one !== null)).toEqual([head])
  }
  expect(indexAll(null, [joinBytes([head, MEDIA])])[0]?.header).toEqual(head)
})

test('an init may be any beginning of the header: the file is the same', () => {
  const take = joinBytes([header(), MEDIA])
  const fileOf = (at: number) => {
    const chunk = take.subarray(at)
    const chunks = indexAll(take.subarray(0, at), [chunk]).map((index) => ({
      bytes: chunk.length,
      index,
    }))
    return layoutTake({ init: take.subarray(0, at), chunks })
  }
  const whole = fileOf(0)
  for (let at = 1; at <= header().length + 3; at++) {
    expect(fileOf(at)).toMatchObject({ container: 'webm', header: whole.header, size: whole.size })
  }
})

describe('a take is served as it came when', () => {
  const notWebm: readonly (readonly [string, Uint8Array | null, Uint8Array])[] = [
    ['it is a cut MP4', Uint8Array.of(0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70), MEDIA],
    ['its init is garbage', new Uint8Array(50), MEDIA],
    ['its init holds media', joinBytes([header(), MEDIA]), MEDIA],
    ['it has no init and no header', null, MEDIA],
    ['its header has no Tracks', header(element(ID.info)), MEDIA],
    [
      'its ticks are hours',
      header(element(ID.info, uintElement(ID.timecodeScale, 2 ** 45)), TRACKS),
      MEDIA,
    ],
    [
      'its DocType is another',
      joinBytes([ebmlHeader('kate'), unknownSized(ID.segment), TRACKS]),
      MEDIA,
    ],
  ]
  test.each(notWebm)('%s', (_, init, bytes) => {
    const indexes = indexAll(init, [bytes, bytes])
    const file = layoutTake({
      init,
      chunks: indexes.map((index) => ({ bytes: bytes.length, index })),
    })
    expect(indexes.map((index) => index.after.container)).toEqual(['raw', 'raw'])
    expect(file).toMatchObject({ container: 'raw', header: init ?? new Uint8Array(0) })
    expect(file.size).toBe((init?.length ?? 0) + 2 * bytes.length)
  })

  test('nothing but its header came', () => {
    const chunks = indexAll(header(), [new Uint8Array(0)]).map((index) => ({ bytes: 0, index }))
    expect(layoutTake({ init: header(), chunks })).toMatchObject({
      container: 'raw',
      header: header(),
    })
    expect(layoutTake({ init: null, chunks: [] })).toMatchObject({ container: 'raw', size: 0 })
  })
})

describe('the stored form', () => {
  test('gives back every index and the state in it, wherever the chunks were cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(MEDIA.length), { maxLength: 6 }), (places) => {
        for (const index of indexAll(header(), cutMedia(places))) {
          expect(decodeChunkIndex(encodeChunkIndex(index))).toEqual(index)
        }
      }),
    )
  })

  test('of damaged and of raw takes too', () => {
    for (const [init, chunk] of [
      [header(), joinBytes([MEDIA, new Uint8Array(9)])],
      [null, new Uint8Array(9)],
      [header(), joinBytes([MEDIA, lacedSounds(120).subarray(0, -1)])],
      [header(), joinBytes([MEDIA, unknownSized(ID.cluster), frame(0).subarray(0, 9)])],
    ] as const) {
      const [index] = indexAll(init, [chunk])
      expect(index && decodeChunkIndex(encodeChunkIndex(index))).toEqual(index)
    }
  })

  test('that is cut, changed or garbage makes a MediaError, never another', () => {
    const good = encodeChunkIndex(indexAll(header(), [MEDIA])[0] as ChunkIndex)
    const changed = fc
      .tuple(fc.nat(good.length - 1), fc.nat(255))
      .map(([at, byte]) => good.with(at, byte))
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(good.length - 1).map((end) => good.slice(0, end)),
      changed,
    )
    fc.assert(
      fc.property(bytes, (input) => {
        try {
          decodeChunkIndex(input)
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('of an ordinary second is about a hundred bytes', () => {
    const [, second] = indexAll(header(), [MEDIA, MEDIA])
    expect(second && encodeChunkIndex(second).length).toBeLessThan(100)
  })
})

test('a stored index says with which chunk its run begins', () => {
  const { index } = indexChunk(startIndex(null), header())
  for (const firstSeq of [0, 1, 2 ** 32 - 1]) {
    const stored = encodeChunkIndex(index, firstSeq)
    expect(firstSeqOf(stored)).toBe(firstSeq)
    expect(decodeChunkIndex(stored)).toEqual(index)
  }
  expect(firstSeqOf(Uint8Array.of(100))).toBe(null)
})
