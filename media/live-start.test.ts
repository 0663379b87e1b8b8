import { describe, expect, test } from 'vitest'
import { loadMp4Takes, loadWebmTakes, type RecordedTake } from '../test/support/corpus.ts'
import { alignSlices, indexChunks } from '../test/support/take-pipeline.ts'
import { findLiveStart, type TailChunk } from './live-start.ts'

const CLUSTER = '1f43b675'
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const joined = (chunks: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(chunks))

type Cut = { init: Uint8Array | null; chunks: readonly Uint8Array[]; isAligned: boolean }

function tailOf({ init, chunks, isAligned }: Cut): TailChunk[] {
  return indexChunks(init, chunks).map(({ bytes, index }) => ({ bytes, index, aligned: isAligned }))
}

function ownCut({ slices }: RecordedTake): Cut {
  const { init, chunks } = alignSlices(slices)
  return { init, chunks: chunks.map(({ bytes }) => bytes), isAligned: true }
}

/** The bytes from the start on, as a viewer gets them behind the header. */
function fromStart(cut: Cut, tail: readonly TailChunk[]): Uint8Array | null {
  const start = findLiveStart(tail)
  if (!start) return null
  return joined(cut.chunks.slice(start.at)).subarray(start.skip)
}

describe.each(loadWebmTakes().map((take) => [take.name, take] as const))('%s', (_, take) => {
  test.each([
    ['aligned', ownCut(take)],
    ['as the recorder sliced it', { init: null, chunks: take.slices, isAligned: false }],
  ])('%s: joining begins at the Cluster of the last keyframe', (_how, cut) => {
    const tail = tailOf(cut)
    const at = lastKeyClusterAt(tail)
    const bytes = fromStart(cut, tail)
    if (at === null || !bytes) return expect([at, bytes]).toEqual([null, null])
    expect(hex(bytes.subarray(0, 4))).toBe(CLUSTER)
    expect(bytes.length).toBe(joined(cut.chunks).length - at)
  })
})

/** Take offset of the Cluster in which the last keyframe lies, found from the front. */
function lastKeyClusterAt(tail: readonly TailChunk[]): number | null {
  let found: number | null = null
  let open: number | null = null
  let chunkAt = 0
  for (const { bytes, index } of tail) {
    if (!index || !('clusters' in index)) return null
    const places = index.clusters.map(({ offset }) => chunkAt + offset)
    for (const { cluster } of index.cues) found = cluster === -1 ? open : (places[cluster] ?? null)
    open = places.findLast((_, n) => index.clusters[n]?.timecode !== null) ?? open
    chunkAt += bytes
  }
  return found
}

describe.each(loadMp4Takes().map((take) => [take.name, take] as const))('%s', (_, take) => {
  test('joining begins at a fragment whose first picture is a keyframe', () => {
    const cut = ownCut(take)
    const bytes = fromStart(cut, tailOf(cut))
    expect(Buffer.from(bytes?.subarray(4, 8) ?? []).toString('latin1')).toBe('moof')
  })
})

test('where nothing is indexed there is no place to begin', () => {
  expect(findLiveStart([{ bytes: 10, aligned: true, index: null }])).toBeNull()
  expect(findLiveStart([])).toBeNull()
})
