import { describe, expect, test } from 'vitest'
import { ID } from './ebml.ts'
import { element, joinBytes, uintElement } from './ebml-writer.ts'
import { readMp4Samples } from './fixtures/mp4-samples.ts'
import { AUDIO, cluster, header, trackEntry, VIDEO } from './fixtures/sample-webm.ts'
import { indexChunk, startIndex } from './index-chunk.ts'
import type { TakeLayoutInput } from './layout.ts'
import { layoutWebmAsMp4, planWebmAsMp4 } from './layout-webm-as-mp4.ts'
import { readPlan } from './read-plan.ts'

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const VP9_KEY = fromHex('824983426013f00b3636')
const opusHead = (preSkip = 0) =>
  Uint8Array.from([
    ...Buffer.from('OpusHead'),
    1,
    1,
    preSkip & 255,
    preSkip >> 8,
    0x80,
    0xbb,
    0,
    0,
    0,
    0,
    0,
  ])
const size = element(ID.video, uintElement(ID.pixelWidth, 640), uintElement(ID.pixelHeight, 360))
const video = (codec = 'V_VP9', ...more: Uint8Array[]) => trackEntry(VIDEO, codec, size, ...more)
const audio = (preSkip = 0, ...more: Uint8Array[]) =>
  trackEntry(AUDIO, 'A_OPUS', element(ID.codecPrivate, opusHead(preSkip)), ...more)
const head = (...tracks: Uint8Array[]) => header(element(ID.tracks, ...tracks))

const block = (track: number, ms: number, flags: number, payload: Uint8Array) =>
  element(
    ID.simpleBlock,
    joinBytes([Uint8Array.of(0x80 | track, (ms >> 8) & 255, ms & 255, flags), payload]),
  )
const key = (ms: number) => block(VIDEO, ms, 0x80, VP9_KEY)
const frame = (ms: number, fill = 9) => block(VIDEO, ms, 0, new Uint8Array(12).fill(fill))
/** An Opus packet of 60 ms. */
const sound = (ms: number) => block(AUDIO, ms, 0x80, Uint8Array.of(0xfb, 0x03, 1, 2))

function index(parts: readonly Uint8Array[]): TakeLayoutInput {
  let state = startIndex(null)
  const chunks = parts.map((bytes) => {
    const { index: one } = indexChunk(state, bytes)
    state = one.after
    return { bytes: bytes.length, index: one }
  })
  return { init: null, chunks }
}

function build(...parts: readonly Uint8Array[]) {
  const take = joinBytes(parts)
  const plan = planWebmAsMp4(index(parts))
  const starts = plan?.starts.map(({ from, to }) => take.subarray(from, to)) ?? []
  const file = plan && layoutWebmAsMp4(plan, starts)
  if (!file) return null
  const pieces = readPlan(file, 0, file.size).map((piece) =>
    'literal' in piece ? piece.literal : take.subarray(piece.from, piece.to),
  )
  const bytes = joinBytes(pieces)
  expect(bytes.length).toBe(file.size)
  return { file, tracks: readMp4Samples(bytes) }
}

const timesOf = (built: ReturnType<typeof build>, track: number) =>
  built?.tracks[track]?.samples.map(({ ticks, shift }) => ticks + shift)

test('every block is a sample where it lies, at its time, keyframes told', () => {
  const built = build(
    head(video(), audio()),
    cluster(0, key(0), sound(0), frame(50), sound(60)),
    cluster(1000, key(3), frame(50)),
  )
  expect(timesOf(built, 0)).toEqual([0, 50, 1003, 1050])
  expect(timesOf(built, 1)).toEqual([0, 60 * 48])
  const [pictures, sounds] = built?.tracks ?? []
  expect(pictures?.samples.map((sample) => sample.isKey)).toEqual([true, false, true, false])
  expect(pictures?.samples.map((sample) => sample.bytes[0])).toEqual([0x82, 9, 0x82, 9])
  expect(sounds?.samples.every((sample) => sample.bytes[0] === 0xfb)).toBe(true)
  expect(built?.file).toMatchObject({ container: 'mp4', durationMs: 1250 })
  expect(built?.file.keyframes.map(({ ms }) => ms)).toEqual([0, 1003])
  expect(built?.file.tracks.map(({ codecId, width }) => [codecId, width])).toEqual([
    ['vp09', 640],
    ['Opus', null],
  ])
})

test('where the cuts lie changes nothing', () => {
  const media = joinBytes([
    head(video(), audio()),
    cluster(0, key(0), sound(0), frame(50), sound(60)),
  ])
  const whole = build(media)?.file
  for (let at = 1; at < media.length; at++) {
    expect(build(media.subarray(0, at), media.subarray(at))?.file).toEqual(whole)
  }
})

describe('time', () => {
  test('a track that begins later waits', () => {
    const built = build(head(video(), audio()), cluster(0, sound(0), key(40), frame(80)))
    expect(built?.tracks[0]?.edits).toEqual([
      [40 * 48, null],
      [80 * 48, 0],
    ])
  })

  test('what a decoder gives before the sound begins is not shown, and takes no time', () => {
    const delay = uintElement(ID.codecDelay, 6_500_000)
    const built = build(head(audio(312, delay)), cluster(0, sound(0), sound(60)))
    expect(built?.tracks[0]?.edits).toEqual([[120 * 48 - 312, 312]])
    expect(built?.file.durationMs).toBe(114)
  })

  test('a delay that only the codec tells of moves nothing', () => {
    const built = build(head(audio(312)), cluster(0, sound(0), sound(60)))
    expect(built?.tracks[0]?.edits).toEqual([
      [312, null],
      [120 * 48 - 312, 312],
    ])
  })

  test('blocks out of the order of showing are decoded in the order of their bytes', () => {
    const avcC = element(ID.codecPrivate, Uint8Array.of(1, 66, 0, 10, 255, 225, 0))
    const built = build(
      head(video('V_MPEG4/ISO/AVC', avcC)),
      cluster(0, key(0), frame(120, 1), frame(40, 2), frame(80, 3)),
    )
    expect(timesOf(built, 0)).toEqual([0, 120, 40, 80])
    expect(built?.tracks[0]?.samples.map(({ ticks }) => ticks)).toEqual([0, 40, 80, 120])
  })

  test('of ticks that make no whole second is told in microseconds', () => {
    const info = element(ID.info, uintElement(ID.timecodeScale, 333_333))
    const built = build(header(info, element(ID.tracks, video())), cluster(3000, key(0), frame(30)))
    // The track begins at 999,999 µs, and its samples count from there.
    expect(timesOf(built, 0)).toEqual([0, 10_000])
  })

  test('past 2^32 bytes and ten hours is right', () => {
    const far = 11 * 3_600_000
    const parts = [
      head(video(), audio()),
      cluster(0, key(0), sound(0)),
      cluster(far, key(0), sound(1)),
    ]
    const { init, chunks } = index(parts)
    const hole = 5 * 2 ** 30
    const [first, second, third] = chunks
    if (!first || !second || !third) throw new Error('no chunks')
    const plan = planWebmAsMp4({
      init,
      chunks: [first, { ...second, bytes: second.bytes + hole }, third],
    })
    const file = plan && layoutWebmAsMp4(plan, [VP9_KEY, new Uint8Array(0)])
    expect(file?.durationMs).toBe(far + 200)
    expect(file?.size).toBeGreaterThan(hole)
    expect(file?.keyframes.at(-1)?.ms).toBe(far)
    const text = new TextDecoder('latin1').decode(file?.header)
    expect([text.includes('co64'), text.includes('stco')]).toEqual([true, false])
  })
})

describe('has no place in an MP4:', () => {
  const lacing = block(AUDIO, 0, 0x82, Uint8Array.of(1, 1, 0xfb, 0xfb))
  test.each([
    ['VP8', [head(video('V_VP8')), cluster(0, key(0))]],
    ['VP8 beside Opus', [head(video('V_VP8'), audio()), cluster(0, key(0), sound(0))]],
    ['H.264 without an avcC', [head(video('V_MPEG4/ISO/AVC')), cluster(0, key(0))]],
    ['laced blocks', [head(audio()), cluster(0, lacing, sound(60))]],
    [
      'encoded blocks',
      [head(audio(0, element(ID.contentEncodings, new Uint8Array(2)))), cluster(0, sound(0))],
    ],
    ['a take without a block', [head(video(), audio())]],
    ['what is not WebM', [new Uint8Array(50)]],
  ])('%s', (_, parts) => {
    expect(build(...parts)).toBe(null)
  })

  test('but a track of which nothing came, whatever its codec, is only left out', () => {
    const built = build(head(video('V_VP8'), audio()), cluster(0, sound(0)))
    expect(built?.file.tracks.map((track) => track.codecId)).toEqual(['Opus'])
  })
})

test('pictures before the first keyframe are left out', () => {
  const built = build(head(video(), audio()), cluster(0, frame(0), sound(0), frame(50), key(100)))
  expect(built?.tracks.map((track) => track.samples.length)).toEqual([1, 1])
})
