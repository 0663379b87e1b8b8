// Chunks that no recorder writes: nothing but the smallest elements, or damage every few bytes. Reading them takes time in
// proportion to their size (a time limit of the suite catches what does not), and their indexes stay in proportion, too.
import {
  decodeChunkIndex,
  encodeChunkIndex,
  indexChunk,
  resumeIndex,
  startIndex,
} from '@holdfast/media'
import { describe, expect, test } from 'vitest'
import { cluster, header } from '../../media/fixtures/sample-webm.ts'
import { alignSlices } from '../support/take-pipeline.ts'

const CHUNK_BYTES = 2 ** 20
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x81, 5]
const BLOCK = [0xa3, 0x84, 0x81, 0, 0, 0x80]

const UNITS: Record<string, number[]> = {
  'empty blocks': BLOCK,
  'empty blocks of a strange track': [0xa3, 0x84, 0x89, 0, 0, 0x80],
  'empty groups': [0xa0, 0x80],
  Void: [0xec, 0x80],
  'empty Clusters': [0x1f, 0x43, 0xb6, 0x75, 0x80],
  'Clusters of one block': [...CLUSTER, ...BLOCK],
  'Clusters, each damaged behind its block': [...CLUSTER, ...BLOCK, 0, 0],
  'Clusters, each with a block too short': [...CLUSTER, ...BLOCK, ...BLOCK, 0xa3, 0x81, 0],
  'Clusters that their block leaves': [0x1f, 0x43, 0xb6, 0x75, 0x85, 0xe7, 0x81, 5, ...BLOCK],
  'Clusters, each damaged at once': [...CLUSTER, 0],
  'beginnings of blocks': [0xa3],
  'beginnings of Clusters': [0x1f, 0x43, 0xb6, 0x75],
  'blocks past 2^32': [0xa3, 0x08, 0xff, 0xff, 0xff, 0xff, 0x81, 0, 0, 0x80],
  'blocks whose sizes never end': [0xa3, 0x44, 0x00, 0x81, 0, 0, 0x82, 0xff, 0xff, 0xff],
}

function repeated(unit: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: CHUNK_BYTES }, (_, i) => unit[i % unit.length] ?? 0)
}

describe.each(Object.entries(UNITS))('a chunk of %s', (_, unit) => {
  const bytes = repeated(unit)

  test('is indexed, behind a Cluster and behind a hole', () => {
    const inside = indexChunk(startIndex(header()), cluster(0)).state
    const behindHole = resumeIndex(header(), { aligned: false, clusterMs: null })
    for (const state of [inside, behindHole]) {
      const { index } = indexChunk(state, bytes)
      const stored = encodeChunkIndex(index)
      expect(stored.length).toBeLessThan(2 * CHUNK_BYTES)
      expect(decodeChunkIndex(stored).after).toEqual(index.after)
    }
  })

  test('is cut and comes out whole', () => {
    const { init, chunks } = alignSlices([header(), cluster(0), bytes])
    const parts = [init ?? new Uint8Array(0), ...chunks.map((chunk) => chunk.bytes)]
    const sent = Buffer.concat([header(), cluster(0), bytes])
    expect(Buffer.concat(parts).equals(sent)).toBe(true)
  })
})
