import { describe, expect, test } from 'vitest'
import { ID } from './ebml.ts'
import { element, floatElement, joinBytes, uintElement } from './ebml-writer.ts'
import { readStructure, type Structure } from './fixtures/file-structure.ts'
import {
  AUDIO,
  blockGroup,
  cluster,
  frame,
  header,
  keyframe,
  knownCluster,
  sound,
  TRACKS,
  trackEntry,
  unknownSized,
  VIDEO,
  VOID,
} from './fixtures/sample-webm.ts'
import { indexChunk, startIndex } from './index-chunk.ts'
import { layoutTake, type VirtualFile } from './layout.ts'
import { readPlan } from './read-plan.ts'

type Built = { file: VirtualFile; bytes: Uint8Array; structure: Structure }

function build(...parts: readonly Uint8Array[]): Built {
  const take = joinBytes(parts)
  const { index } = indexChunk(startIndex(null), take)
  const file = layoutTake({ init: null, chunks: [{ bytes: take.length, index }] })
  const pieces = readPlan(file, 0, file.size).map((piece) =>
    'literal' in piece ? piece.literal : take.subarray(piece.from, piece.to),
  )
  let at = file.header.length
  for (const extent of file.extents) {
    expect(extent.at).toBe(at)
    at += 'literal' in extent ? extent.literal.length : extent.to - extent.from
    if ('from' in extent) expect(extent.to).toBeGreaterThan(extent.from)
  }
  expect(at).toBe(file.size)
  const bytes = joinBytes(pieces)
  return { file, bytes, structure: readStructure(bytes) }
}

const VIDEO_TAKE = [
  header(),
  cluster(0, keyframe(0), sound(3), frame(50)),
  cluster(1000, keyframe(5), sound(60)),
  cluster(2000, frame(0), blockGroup(30), sound(90)),
] as const

test('has known sizes, and in front all that a player asks for', () => {
  const { structure, file, bytes } = build(...VIDEO_TAKE)
  expect(structure.ids).toEqual([
    ID.seekHead,
    ID.info,
    ID.tracks,
    ID.cues,
    ID.cluster,
    ID.cluster,
    ID.cluster,
  ])
  expect(structure.trailingBytes).toBe(0)
  expect(bytes.length).toBe(file.size)
})

test('its SeekHead and its cues point at what they say', () => {
  const { structure, file } = build(...VIDEO_TAKE)
  expect(structure.seeks).toEqual([ID.info, ID.tracks, ID.cues].map((id) => ({ id, found: id })))
  expect(structure.cues).toEqual([
    { timeTicks: 0, found: ID.cluster, clusterTicks: 0, blockTicks: 0 },
    { timeTicks: 1005, found: ID.cluster, clusterTicks: 1000, blockTicks: 1005 },
    { timeTicks: 2030, found: ID.cluster, clusterTicks: 2000, blockTicks: 2030 },
  ])
  expect(file.keyframes.map((one) => one.ms)).toEqual([0, 1005, 2030])
})

test('its duration counts the last packet too', () => {
  expect(build(...VIDEO_TAKE).file.durationMs).toBe(2230)
  expect(build(...VIDEO_TAKE).structure.durationTicks).toBe(2230)
})

test('keeps the recorder’s 12-byte Cluster heads in place, so media bytes lie as one run', () => {
  const { file } = build(...VIDEO_TAKE)
  const ranges = file.extents.flatMap((extent) => ('from' in extent ? [extent] : []))
  const shift = (extent: { at: number; from: number }) => extent.at - extent.from
  expect(new Set(ranges.map(shift)).size).toBe(1)
})

test('an element cut at the end is left out, with the Cluster that has nothing else', () => {
  const whole = build(...VIDEO_TAKE)
  const cutBlock = frame(40).subarray(0, -1)
  expect(build(...VIDEO_TAKE, cutBlock).bytes).toEqual(whole.bytes)
  expect(build(...VIDEO_TAKE, cluster(3000, cutBlock)).bytes).toEqual(whole.bytes)
  expect(build(...VIDEO_TAKE, unknownSized(ID.cluster)).bytes).toEqual(whole.bytes)
  expect(build(...VIDEO_TAKE, unknownSized(ID.cluster), VOID).bytes).toEqual(whole.bytes)
  expect(build(...VIDEO_TAKE, cluster(3000)).bytes).toEqual(whole.bytes)
})

test('damage is left out with the block in front of it, and what follows keeps its time', () => {
  const [head, first, second, third] = VIDEO_TAKE
  const before = [head, first, second, third.slice(0, -sound(90).length)]
  const after = cluster(3000, keyframe(0), sound(4))
  const damaged = build(...VIDEO_TAKE, new Uint8Array(9), after)
  expect(damaged.bytes).toEqual(build(...before, after).bytes)
  expect(damaged.structure.cues.at(-1)).toMatchObject({ timeTicks: 3000, blockTicks: 3000 })
})

test('Clusters of known size, cut ones too, play like those of unknown size', () => {
  const known = knownCluster(3000, keyframe(0), sound(0), frame(9))
  const { structure } = build(...VIDEO_TAKE, known, known.subarray(0, -1))
  expect(structure.clusterTicks).toEqual([0, 1000, 2000, 3000, 3000])
})

test('old Cues, SeekHead, Void and empty Clusters go; Tags before the media stay', () => {
  const tags = element(ID.tags, new Uint8Array(3))
  const seekHead = element(ID.seekHead, element(ID.seek))
  const { structure } = build(
    header(seekHead, VOID, element(ID.info), TRACKS, tags),
    cluster(0, keyframe(0)),
    element(ID.cues, element(ID.cuePoint)),
    element(ID.cluster),
    VOID,
    cluster(900, keyframe(0)),
  )
  expect(structure.ids).toEqual([
    ID.seekHead,
    ID.info,
    ID.tracks,
    ID.tags,
    ID.cues,
    ID.cluster,
    ID.cluster,
  ])
  expect(structure.cues.map((cue) => cue.found)).toEqual([ID.cluster, ID.cluster])
})

test('a recorded Duration is replaced, every other line of Info stays', () => {
  const app = element(0x4d80, new TextEncoder().encode('Chrome'))
  const info = element(
    ID.info,
    uintElement(ID.timecodeScale, 1_000_000),
    floatElement(ID.duration, 5),
    app,
  )
  const { structure, bytes } = build(header(info, TRACKS), cluster(0, sound(0)))
  expect(structure.durationTicks).toBe(60)
  expect(Buffer.from(bytes).includes(app)).toBe(true)
})

describe('a TimecodeScale that is not 1 ms', () => {
  const info = element(ID.info, uintElement(ID.timecodeScale, 100_000))
  const take = [
    header(info, TRACKS),
    cluster(0, keyframe(0)),
    cluster(20_000, keyframe(0), sound(0)),
  ]

  test('is kept for the blocks and counted into the duration', () => {
    const { file, structure } = build(...take)
    expect(file.durationMs).toBe(2200)
    expect(structure.durationTicks).toBe(22_000)
    expect(file.keyframes.map((one) => one.ms)).toEqual([0, 2000])
  })
})

describe('seek points', () => {
  test('of an audio take are its Clusters', () => {
    const tracks = element(ID.tracks, trackEntry(AUDIO, 'A_OPUS'))
    const clusters = [0, 1000, 2000].map((at) => cluster(at, sound(3), sound(63), sound(900)))
    const { structure } = build(header(tracks), ...clusters)
    expect(structure.cues.map((cue) => cue.blockTicks)).toEqual([3, 1003, 2003])
  })

  test('are its Clusters too when the camera never came', () => {
    const clusters = [0, 1000, 2000].map((at) => cluster(at, sound(3)))
    const { structure } = build(header(), ...clusters)
    expect(structure.cues.map((cue) => cue.timeTicks)).toEqual([0, 1000, 2000])
  })

  test('lie at keyframes only, even long after the last frame: what it showed is still on the screen', () => {
    const stillScreen = [3000, 4000, 5000].map((at) => cluster(at, sound(0)))
    const { structure } = build(...VIDEO_TAKE, ...stillScreen)
    expect(structure.cues.map((cue) => cue.timeTicks)).toEqual([0, 1005, 2030])
  })

  test('rise, even where recorded times fall', () => {
    const { structure } = build(
      header(),
      ...[0, 5000, 2000, 9000].map((at) => cluster(at, keyframe(0))),
    )
    expect(structure.cues.map((cue) => cue.timeTicks)).toEqual([0, 5000, 9000])
  })

  test('stay few when every frame is a keyframe', () => {
    const clusters = Array.from({ length: 100 }, (_, i) =>
      cluster(i * 100, keyframe(0), keyframe(33), keyframe(66)),
    )
    expect(build(header(), ...clusters).structure.cues.length).toBeLessThanOrEqual(20)
  })
})

test('a take without any packet has no Duration and still has its tracks', () => {
  const { file, structure } = build(header(), cluster(0), cluster(500, VOID))
  expect(structure.durationTicks).toBe(null)
  expect(file.durationMs).toBe(0)
  expect(file.tracks.map((track) => track.number)).toEqual([VIDEO, AUDIO])
})
