// Places past 2^32 and times past ten hours, which 32-bit arithmetic gets wrong without a word. SYNTHETIC: 1,300 Clusters of
// 4 MB, each half a minute of one still picture, made as they are read; nothing here ever holds more than one of them.
import {
  type ChunkIndex,
  decodeChunkIndex,
  encodeChunkIndex,
  indexChunk,
  layoutTake,
  readPlan,
  startIndex,
} from '@holdfast/media'
import { describe, expect, test } from 'vitest'
import { ID, readChildren, readHead, readUint } from '../../media/ebml.ts'
import {
  element,
  floatElement,
  joinBytes,
  uintBytes,
  uintElement,
} from '../../media/ebml-writer.ts'
import { header, trackEntry } from '../../media/fixtures/sample-webm.ts'

const CLUSTERS = 1300
const CLUSTER_MS = 30_000
const PICTURE_BYTES = 4_000_000
const PICTURES = element(ID.tracks, trackEntry(1, 'V_VP8'))

const pictureHead = (scale: number) => {
  const info = element(ID.info, uintElement(ID.timecodeScale, 1_000_000 / scale))
  return header(info, PICTURES)
}

/** Cluster `n`: always as long, so that its place is known. `scale` = ticks a millisecond. */
function clusterHead(n: number, scale: number): Uint8Array {
  const block = joinBytes([
    uintBytes(ID.simpleBlock),
    uintBytes(0x10000000 + 4 + PICTURE_BYTES),
    Uint8Array.of(0x81, 0, 0, 0x80),
  ])
  const unknown = Uint8Array.of(0x01, 255, 255, 255, 255, 255, 255, 255)
  const timecode = uintElement(ID.timecode, n * CLUSTER_MS * scale, 6)
  return joinBytes([uintBytes(ID.cluster), unknown, timecode, block])
}

const HEAD_BYTES = clusterHead(0, 1).length
const CLUSTER_BYTES = HEAD_BYTES + PICTURE_BYTES

/** The take in chunks that begin `shift` bytes inside each Cluster. The same bytes of memory every time. */
function* chunksOf(scale: number, shift: number): Generator<Uint8Array> {
  const bytes = new Uint8Array(CLUSTER_BYTES + HEAD_BYTES)
  for (let n = 0; n < CLUSTERS; n++) {
    bytes.set(clusterHead(n, scale))
    bytes.set(clusterHead(n + 1, scale), CLUSTER_BYTES)
    const end = n + 1 < CLUSTERS ? CLUSTER_BYTES + shift : CLUSTER_BYTES
    yield bytes.subarray(n === 0 ? 0 : shift, end)
  }
}

describe.each([
  ['at elements', 1, 0],
  ['inside the head of a Cluster', 1, 7],
  ['inside the head of a block, with ticks of 10 µs', 100, HEAD_BYTES - 3],
])('a take of 5.2 GB and more than ten hours, cut %s', (_, scale, shift) => {
  const init = pictureHead(scale)
  let state = startIndex(init)
  const stored: { bytes: number; index: ChunkIndex }[] = []
  for (const chunk of chunksOf(scale, shift)) {
    const index = decodeChunkIndex(encodeChunkIndex(indexChunk(state, chunk).index))
    stored.push({ bytes: chunk.length, index })
    state = index.after
  }
  const file = layoutTake({ init, chunks: stored })

  test('has its whole size and duration', () => {
    expect(file.container).toBe('webm')
    expect(file.mediaEnd).toBe(CLUSTERS * CLUSTER_BYTES)
    expect(file.mediaEnd).toBeGreaterThan(2 ** 32)
    expect(file.size).toBe(file.header.length + file.mediaEnd)
    // The last picture of a still lasts 200 ms and no longer.
    expect(file.durationMs).toBe((CLUSTERS - 1) * CLUSTER_MS + 200)
  })

  test('says so in its own header', () => {
    const [, segment] = topLevel(file.header)
    const info = segment?.find((child) => child.id === ID.info)
    const duration = floatElement(ID.duration, (file.durationMs ?? 0) * scale)
    expect(Buffer.from(info?.payload ?? []).includes(duration)).toBe(true)
  })

  test('leads from every seek point to the Cluster of that time', () => {
    const [segmentAt, segment] = topLevel(file.header)
    const cues = segment?.find((child) => child.id === ID.cues)?.payload ?? new Uint8Array(0)
    const points = [...readChildren(cues)].map(({ payload }) => {
      const [time, positions] = [...readChildren(payload)]
      const [, place] = [...readChildren(positions?.payload ?? new Uint8Array(0))]
      return { ticks: numberOf(time?.payload), at: segmentAt + numberOf(place?.payload) }
    })
    expect(points).toHaveLength(CLUSTERS)
    expect(points.at(-1)?.at).toBeGreaterThan(2 ** 32)
    for (const [n, { ticks, at }] of points.entries()) {
      expect(ticks).toBe(n * CLUSTER_MS * scale)
      const [head, children] = readPlan(file, at, at + 20)
      expect(head && 'literal' in head && numberOf(head.literal.subarray(0, 4))).toBe(ID.cluster)
      expect(children).toMatchObject({ from: n * CLUSTER_BYTES + 12 })
    }
  })
})

const numberOf = (payload: Uint8Array = new Uint8Array(0)): number =>
  readUint(payload, 0, payload.length)

/** Where the Segment's data begins, and its children as far as the header goes. */
function topLevel(front: Uint8Array): [number, { id: number; payload: Uint8Array }[]] {
  const ebml = readHead(front, 0)
  // Behind it the Segment's id and a size of 8 bytes.
  const at = (ebml?.headBytes ?? 0) + (ebml?.size ?? 0) + 12
  return [at, [...readChildren(front.subarray(at))]]
}
