import { describe, expect, test } from 'vitest'
import { joinBytes } from './ebml-writer.ts'
import { readMp4Samples } from './fixtures/mp4-samples.ts'
import { AUDIO, fragment, mp4Header, second, trak, trex, VIDEO } from './fixtures/sample-mp4.ts'
import { indexChunk, startIndex } from './index-chunk.ts'
import { decodeChunkIndex, encodeChunkIndex } from './index-codec.ts'
import { layoutTake } from './layout.ts'
import { box, fullBox, uint32s, uint64s } from './mp4-writer.ts'
import { readPlan } from './read-plan.ts'

function build(...parts: readonly Uint8Array[]) {
  const take = joinBytes(parts)
  const { index } = indexChunk(startIndex(null), take)
  const file = layoutTake({ init: null, chunks: [{ bytes: take.length, index }] })
  const pieces = readPlan(file, 0, file.size).map((piece) =>
    'literal' in piece ? piece.literal : take.subarray(piece.from, piece.to),
  )
  const bytes = joinBytes(pieces)
  expect(bytes.length).toBe(file.size)
  return { file, bytes, tracks: file.container === 'mp4' ? readMp4Samples(bytes) : [] }
}

test('every sample is found at its place, at the time that its fragment says', () => {
  const { file, tracks } = build(mp4Header(), second(0), second(1), second(2))
  expect(file).toMatchObject({ container: 'mp4', durationMs: 2980 })
  const [video, audio] = tracks
  expect(video?.samples.map((sample) => sample.ticks)).toEqual(
    Array.from({ length: 60 }, (_, i) => i * 50),
  )
  expect(audio?.samples.map((sample) => sample.ticks)).toEqual(
    Array.from({ length: 150 }, (_, i) => i * 960),
  )
  const fill = (track: number) => (sample: { bytes: Uint8Array }) =>
    sample.bytes.length > 0 && sample.bytes.every((byte) => byte === track)
  expect(video?.samples.every(fill(VIDEO))).toBe(true)
  expect(audio?.samples.every(fill(AUDIO))).toBe(true)
  expect(video?.samples.flatMap(({ isKey }, i) => (isKey ? [i] : []))).toEqual([0, 20, 40])
  expect(file.keyframes.map((point) => point.ms)).toEqual([0, 1000, 2000])
  expect(file.tracks.map((track) => [track.codecId, track.kind, track.width])).toEqual([
    ['avc1', 'video', 640],
    ['Opus', 'audio', null],
  ])
})

test('a pause is as long as the fragments’ clocks say', () => {
  const { file, tracks } = build(mp4Header(), second(0), second(9))
  expect(tracks[0]?.samples[19]?.ticks).toBe(950)
  expect(tracks[0]?.samples[20]?.ticks).toBe(9000)
  expect(file.durationMs).toBe(9980)
})

test('of a fragment that was cut off at the end the samples that are there as a whole are kept', () => {
  const whole = joinBytes([mp4Header(), second(0)])
  const last = second(1)
  for (const kept of [4, 40, 200]) {
    const { file, tracks } = build(whole, last.subarray(0, kept))
    expect(tracks[0]?.samples.length).toBe(20)
    expect(file.mediaEnd).toBe(whole.length)
  }
  const { file, tracks } = build(whole, last.subarray(0, last.length - 1))
  expect(tracks.map((track) => track.samples.length)).toEqual([40, 99])
  expect(file.mediaEnd).toBeLessThan(whole.length + last.length - 1)
})

test('what is damaged is left out, what lies around it stays at its time', () => {
  for (const damage of [new Uint8Array(90), new Uint8Array(90).fill(0x61), second(1).subarray(3)]) {
    const { file, tracks } = build(mp4Header(), second(0), damage, second(2))
    expect(file).toMatchObject({ container: 'mp4', durationMs: 2980 })
    const times = tracks[0]?.samples.map(({ ticks }) => ticks) ?? []
    expect(times.slice(18, 22)).toEqual([900, 950, 2000, 2050])
  }
})

describe('a fragment that was cut off in the middle of a take', () => {
  const whole = second(1)
  const built = (kept: number) =>
    build(mp4Header(), second(0), whole.subarray(0, kept), second(2), second(3))
  const timesOf = ({ tracks }: ReturnType<typeof built>) =>
    tracks[0]?.samples.map(({ ticks }) => ticks) ?? []

  test('is left out, and nothing behind it moves', () => {
    // Where only the last bytes are missing, the head of the next fragment cannot be told from data.
    for (const kept of [10, whole.length - 300, whole.length - 100, whole.length - 17]) {
      const made = built(kept)
      expect(timesOf(made).slice(18, 22)).toEqual([900, 950, 2000, 2050])
      expect(made.file.durationMs).toBe(3980)
      const pictures = made.tracks[0]?.samples.flatMap(({ bytes }) => [...bytes])
      expect(pictures?.every((byte) => byte === VIDEO)).toBe(true)
    }
  })

  test('takes the next one with it when it was cut inside its tables', () => {
    for (const kept of [200, 600, 900]) {
      expect(timesOf(built(kept)).slice(18, 22)).toEqual([900, 950, 3000, 3050])
    }
  })

  test('makes pictures wait for one at which decoding can begin, sound not', () => {
    const picture = (isKey: boolean) => ({ bytes: 9, duration: 50, isKey })
    const late = fragment(
      { track: VIDEO, ticks: 2000, samples: [picture(false), picture(true)] },
      { track: AUDIO, ticks: 96_000, samples: [{ bytes: 5, duration: 960 }] },
    )
    const cut = whole.subarray(0, whole.length - 200)
    const { tracks } = build(mp4Header(), second(0), cut, late)
    expect(tracks.map((track) => track.samples.at(-1)?.ticks)).toEqual([2050, 96_000])
    expect(tracks[0]?.samples.length).toBe(21)
  })
})

describe('edit lists', () => {
  const picture = { bytes: 9, duration: 50, isKey: true }
  const edited = (ticks: number, edits?: readonly (readonly [number, number])[]) => {
    const header = mp4Header([trak(VIDEO, edits ? { edits } : {})], [trex(VIDEO)])
    return build(header, fragment({ track: VIDEO, ticks, samples: [picture, picture] }))
  }

  test('are not needed where all is shown from the beginning', () => {
    expect(edited(0).tracks[0]?.edits).toBe(null)
  })

  test('keep what was to be left out at the beginning', () => {
    const { file, tracks } = edited(0, [[0, 30]])
    expect(tracks[0]?.edits).toEqual([[70, 30]])
    expect(file.durationMs).toBe(70)
  })

  test('say where a track begins that does not begin at 0', () => {
    const { file, tracks } = edited(400)
    expect(tracks[0]?.samples[0]?.ticks).toBe(0)
    expect(tracks[0]?.edits).toEqual([
      [400, null],
      [100, 0],
    ])
    expect(file.durationMs).toBe(500)
    expect(file.keyframes[0]?.ms).toBe(400)
  })

  test('wait first, as recorded, and their last one lasts to the end whatever it says', () => {
    const { tracks } = edited(0, [
      [250, 0xffffffff],
      [10, 50],
    ])
    expect(tracks[0]?.edits).toEqual([
      [250, null],
      [50, 50],
    ])
  })
})

describe('fragments of other writers', () => {
  const data = Uint8Array.from({ length: 30 }, (_, i) => i)
  const header = mp4Header([trak(VIDEO)], [trex(VIDEO, { duration: 40, bytes: 10 })])
  const make = (traf: (at: number) => Uint8Array[], flags = 0x20000) => {
    const moof = (at: number) =>
      box('moof', box('traf', fullBox('tfhd', { flags }, uint32s([VIDEO])), ...traf(at)))
    return joinBytes([moof(moof(0).length + 8), box('mdat', data)])
  }
  const read = (bytes: Uint8Array) => {
    const [track] = build(header, bytes).tracks
    return track?.samples.map((sample) => [sample.ticks, sample.bytes[0]])
  }
  const trun = (flags: number, ...numbers: number[]) => fullBox('trun', { flags }, uint32s(numbers))

  test('all from trex, without an entry and without tfdt', () => {
    expect(read(make((at) => [trun(1, 3, at)]))).toEqual([
      [0, 0],
      [40, 10],
      [80, 20],
    ])
  })

  test('several truns, the second one without a place of its own', () => {
    const truns = (at: number) => [trun(0x201, 2, at, 5, 6), trun(0x200, 1, 19)]
    expect(read(make(truns))).toEqual([
      [0, 0],
      [40, 5],
      [80, 11],
    ])
  })

  test('places that count from the beginning of the file', () => {
    const tfhd = (base: number) => fullBox('tfhd', { flags: 1 }, uint32s([VIDEO]), uint64s([base]))
    const moof = (base: number) => box('moof', box('traf', tfhd(base), trun(1, 3, 0)))
    const base = header.length + moof(0).length + 8
    const bytes = joinBytes([moof(base), box('mdat', data)])
    expect(read(bytes)?.map(([, first]) => first)).toEqual([0, 10, 20])
  })

  test('boxes beside the fragments', () => {
    const free = box('free', new Uint8Array(33))
    const bytes = joinBytes([free, make((at) => [trun(1, 3, at)]), box('sidx', data), free])
    expect(read(bytes)?.length).toBe(3)
  })

  test.each([
    ['samples inside the moof', make((at) => [trun(1, 1, at + 20), trun(1, 1, 0)])],
    ['samples that share their bytes', make((at) => [trun(1, 3, at), trun(1, 1, at)])],
    ['millions of samples in a few bytes', make((at) => [trun(1, 2 ** 22, at)])],
    ['a trun that leaves its traf', make((at) => [trun(0x201, 2 ** 20, at, 5)])],
  ])('%s are not believed', (_, bytes) => {
    const { file } = build(header, bytes, bytes)
    expect(file).toMatchObject({ container: 'mp4', durationMs: 0 })
  })
})

test('of more samples than there is data only those with data are believed', () => {
  const header = mp4Header([trak(VIDEO)], [trex(VIDEO, { duration: 40, bytes: 10 })])
  const tfhd = fullBox('tfhd', { flags: 0x20000 }, uint32s([VIDEO]))
  const moof = (at: number) =>
    box('moof', box('traf', tfhd, fullBox('trun', { flags: 1 }, uint32s([4, at]))))
  const bytes = joinBytes([moof(moof(0).length + 8), box('mdat', new Uint8Array(30))])
  expect(build(header, bytes).tracks[0]?.samples.length).toBe(3)
})

test('places and times past 2^32 are right', () => {
  const far = 6e9
  const late = (ticks: number) => {
    const one = { bytes: 5, duration: 50, isKey: true }
    return fragment({ track: VIDEO, ticks, samples: [one] })
  }
  const chunks = [
    mp4Header([trak(VIDEO)], [trex(VIDEO)]),
    joinBytes([late(0), late(far / 2)]),
    late(far),
  ]
  let state = startIndex(null)
  const indexes = chunks.map((bytes) => {
    const { index } = indexChunk(state, bytes)
    state = index.after
    return { bytes: bytes.length, index: decodeChunkIndex(encodeChunkIndex(index)) }
  })
  // A box of 5 GiB between the two: only its length counts.
  const [head, first, last] = indexes
  const hole = 5 * 2 ** 30
  if (!head || !first || !last || !('runs' in last.index)) throw new Error('not MP4')
  const { mp4 } = last.index.after
  const after = {
    ...last.index.after,
    mp4: { ...mp4, received: mp4.received + hole },
  }
  const file = layoutTake({
    init: null,
    chunks: [
      head,
      { ...first, bytes: first.bytes + hole },
      { ...last, index: { ...last.index, after } },
    ],
  })
  expect(file.durationMs).toBe(far + 50)
  expect(file.size).toBeGreaterThan(hole)
  expect(file.keyframes.at(-1)).toEqual({ ms: far, at: file.size - 5 })
  expect(new TextDecoder('latin1').decode(file.header)).toContain('co64')
})
