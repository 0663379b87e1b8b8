import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockListWriter, type BlockPlace, readBlockList } from './block-list.ts'
import { ID } from './ebml.ts'
import { element, joinBytes, uintElement } from './ebml-writer.ts'
import {
  AUDIO,
  blockGroup,
  cluster,
  frame,
  header,
  keyframe,
  sound,
  VIDEO,
  VOID,
} from './fixtures/sample-webm.ts'
import { indexChunk, startIndex } from './index-chunk.ts'
import { decodeChunkIndex, encodeChunkIndex } from './index-codec.ts'
import { MediaError } from './media-error.ts'

const REFERENCE = element(ID.referenceBlock, Uint8Array.of(0))
const MEDIA = joinBytes([
  cluster(0, keyframe(0), VOID, sound(3), frame(50, 300)),
  cluster(1000, blockGroup(5, uintElement(ID.blockDuration, 40)), blockGroup(45, REFERENCE)),
  cluster(70_000, sound(-7), frame(0)),
])

/** The blocks of the take by take offset, through the stored form of every index. */
function blocksOf(chunks: readonly Uint8Array[]): BlockPlace[] {
  let state = startIndex(header())
  let start = 0
  return chunks.flatMap((bytes) => {
    const index = decodeChunkIndex(encodeChunkIndex(indexChunk(state, bytes).index))
    if (!('blocks' in index)) throw new Error('no list')
    state = index.after
    const chunkStart = start
    start += bytes.length
    return [...readBlockList(index.blocks)].map((block) => ({
      ...block,
      at: chunkStart + block.at,
    }))
  })
}

test('every block is listed with place, time and whether decoding can begin there', () => {
  const blocks = blocksOf([MEDIA])
  expect(blocks.map(({ track, ticks, isKey, size }) => [track, ticks, isKey, size])).toEqual([
    [VIDEO, 0, true, 20],
    [AUDIO, 3, true, 4],
    [VIDEO, 50, false, 300],
    [VIDEO, 1005, true, 20],
    [VIDEO, 1045, false, 20],
    [AUDIO, 69_993, true, 4],
    [VIDEO, 70_000, false, 20],
  ])
  const firstBytes = blocks.map(({ at }) => MEDIA[at])
  expect(firstBytes).toEqual([7, 0xfb, 9, 5, 5, 0xfb, 9])
})

test('where the cuts lie changes nothing', () => {
  const whole = blocksOf([MEDIA])
  fc.assert(
    fc.property(fc.array(fc.nat(MEDIA.length), { maxLength: 8 }), (places) => {
      const bounds = [0, ...places.sort((a, b) => a - b), MEDIA.length]
      const cut = bounds.slice(1).map((to, i) => MEDIA.subarray(bounds[i], to))
      expect(blocksOf(cut)).toEqual(whole)
    }),
  )
})

test('a laced block says so', () => {
  const laced = element(ID.simpleBlock, Uint8Array.of(0x80 | AUDIO, 0, 0, 0x82, 1, 1, 0xfb, 0xfb))
  expect(blocksOf([cluster(0, laced, sound(60))]).map((block) => block.isLaced)).toEqual([
    true,
    false,
  ])
})

test('any list comes back as it was, numbers past 2^32 too', () => {
  const block = fc.record({
    track: fc.integer({ min: 1, max: 200 }),
    at: fc.integer({ min: -(2 ** 45), max: 2 ** 45 }),
    size: fc.nat(2 ** 30),
    ticks: fc.integer({ min: -40_000, max: 2 ** 42 }),
    cut: fc.option(fc.nat(40)),
    isKey: fc.boolean(),
    isLaced: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(block), (blocks) => {
      const writer = new BlockListWriter()
      for (const one of blocks) writer.add(one)
      expect([...readBlockList(writer.finish())]).toEqual(blocks)
    }),
  )
})

test('garbage makes a MediaError, never another', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        for (const _ of readBlockList(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(MediaError)
      }
    }),
  )
})
