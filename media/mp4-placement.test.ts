import { describe, expect, test } from 'vitest'
import { joinBytes } from './ebml-writer.ts'
import { readMp4Samples } from './fixtures/mp4-samples.ts'
import { AUDIO, fragment, mp4Header, second, VIDEO } from './fixtures/sample-mp4.ts'
import { indexChunk, resumeIndex, startIndex } from './index-chunk.ts'
import { decodeChunkIndex, encodeChunkIndex } from './index-codec.ts'
import { layoutTake } from './layout.ts'
import { box, fullBox, uint32s, uint64s } from './mp4-writer.ts'
import { readPlan } from './read-plan.ts'
import type { LaidChunk } from './take-runs.ts'

describe('behind a hole', () => {
  const header = mp4Header()
  const resumed = (chunks: readonly Uint8Array[]) => {
    let state = resumeIndex(header, { aligned: false, clusterMs: null })
    return chunks.map((bytes, n): LaidChunk => {
      const index = decodeChunkIndex(encodeChunkIndex(indexChunk(state, bytes).index, 5))
      state = index.after
      return { bytes: bytes.length, index, behindHole: n === 0 }
    })
  }
  const lay = (front: readonly Uint8Array[], behind: readonly Uint8Array[]) => {
    const first = joinBytes([header, ...front])
    const { index } = indexChunk(startIndex(null), first)
    const chunks = [{ bytes: first.length, index }, ...resumed(behind)]
    const file = layoutTake({ init: null, chunks })
    const take = joinBytes([first, ...behind])
    const pieces = readPlan(file, 0, file.size).map((piece) =>
      'literal' in piece ? piece.literal : take.subarray(piece.from, piece.to),
    )
    return { file, tracks: readMp4Samples(joinBytes(pieces)) }
  }
  const ticksOf = (tracks: ReturnType<typeof readMp4Samples>, track: number) =>
    tracks[track]?.samples.map(({ ticks }) => ticks) ?? []

  test('samples keep their time, and the one in front lasts through the hole', () => {
    const { file, tracks } = lay([second(0)], [second(3)])
    expect(ticksOf(tracks, 0).slice(18, 22)).toEqual([900, 950, 3000, 3050])
    expect(ticksOf(tracks, 1)[50]).toBe(3 * 48_000)
    expect(file.durationMs).toBe(3980)
    expect(file.runs).toEqual([
      { startMs: 0, endMs: 1000 },
      { startMs: 3000, endMs: 4000 },
    ])
  })

  test('what is left of a fragment whose beginning is lost is passed over', () => {
    for (const cut of [1, 9, 100, 1000]) {
      const { tracks } = lay([second(0)], [joinBytes([second(1).subarray(cut), second(2)])])
      expect(ticksOf(tracks, 0)).toContain(2000)
      expect(ticksOf(tracks, 0)).not.toContain(1000)
    }
  })

  test('wherever the cuts lie', () => {
    const behind = joinBytes([second(1).subarray(40), second(2)])
    const whole = lay([second(0)], [behind]).file
    for (let at = 1; at < behind.length; at += 7) {
      expect(lay([second(0)], [behind.subarray(0, at), behind.subarray(at)]).file).toEqual(whole)
    }
  })

  test('pictures wait for one at which decoding can begin, sound does not', () => {
    const picture = (isKey: boolean) => ({ bytes: 9, duration: 50, isKey })
    const sound = { bytes: 5, duration: 960 }
    const late = fragment(
      { track: VIDEO, ticks: 2000, samples: [picture(false), picture(false), picture(true)] },
      { track: AUDIO, ticks: 96_000, samples: [sound, sound] },
    )
    const { file, tracks } = lay([second(0)], [late])
    expect(ticksOf(tracks, 0).slice(20)).toEqual([2100])
    expect(ticksOf(tracks, 1).slice(50)).toEqual([96_000, 96_960])
    expect(file.keyframes.map(({ ms }) => ms)).toEqual([0, 2100])
  })

  test('of a fragment that ends in the hole every whole sample in front of it is kept', () => {
    const data = second(1)
    const lost = 25
    const { tracks } = lay([second(0), data.subarray(0, data.length - lost)], [second(3)])
    expect(ticksOf(tracks, 0).filter((ticks) => ticks < 3000).length).toBe(40)
    const sounds = ticksOf(tracks, 1).filter((ticks) => ticks < 3 * 48_000)
    expect(sounds.length).toBeGreaterThan(50)
    expect(sounds.length).toBeLessThan(100)
  })

  test('fragments that say no time of their own are not put before what is there', () => {
    const tfhd = fullBox('tfhd', { flags: 0x20000 }, uint32s([VIDEO]))
    const moof = (at: number) =>
      box(
        'moof',
        fullBox('mfhd', {}, uint32s([1])),
        box('traf', tfhd, fullBox('trun', { flags: 0x301 }, uint32s([1, at, 50, 9]))),
      )
    const timeless = joinBytes([moof(moof(0).length + 8), box('mdat', new Uint8Array(9))])
    expect(ticksOf(lay([second(0)], [timeless]).tracks, 0).length).toBe(20)
  })

  test('places that count from the beginning of the file are found without it', () => {
    const tfhd = fullBox('tfhd', { flags: 1 }, uint32s([VIDEO]), uint64s([6 * 2 ** 30]))
    const tfdt = fullBox('tfdt', { version: 1 }, uint64s([5000]))
    const trun = (at: number) =>
      fullBox('trun', { flags: 0x305 }, uint32s([1, at, 0x2000000, 50, 9]))
    const moof = (at: number) =>
      box('moof', fullBox('mfhd', {}, uint32s([1])), box('traf', tfhd, tfdt, trun(at)))
    const data = box('mdat', new Uint8Array(9).fill(7))
    const { tracks } = lay([second(0)], [joinBytes([moof(moof(0).length + 8), data])])
    expect(tracks[0]?.samples.at(-1)).toMatchObject({
      ticks: 5000,
      bytes: new Uint8Array(9).fill(7),
    })
  })

  test('nothing but bytes of a lost fragment is no file of its own, and no error', () => {
    const { file } = lay([second(0)], [new Uint8Array(500)])
    expect(file).toMatchObject({ container: 'mp4', durationMs: 980, runs: [{ endMs: 1000 }, null] })
  })

  test('a take whose beginning is lost begins when it begins', () => {
    const chunks = resumed([second(7)])
    const file = layoutTake({ init: header, chunks })
    expect(file).toMatchObject({ durationMs: 7980, runs: [{ startMs: 7000, endMs: 8000 }] })
    expect(file.keyframes[0]?.ms).toBe(7000)
  })
})
