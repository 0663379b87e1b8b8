import { expect, test } from 'vitest'
import { ID } from './ebml.ts'
import { element, joinBytes } from './ebml-writer.ts'
import { AUDIO, mp4Header, second, trak, trex, VIDEO } from './fixtures/sample-mp4.ts'
import { cluster, frame, header, keyframe, sound, trackEntry } from './fixtures/sample-webm.ts'
import { fitsHeader } from './header-fit.ts'
import { indexChunk, resumeIndex } from './index-chunk.ts'

const NO_HINTS = { aligned: false, clusterMs: null }

function fits(lent: Uint8Array, bytes: Uint8Array): boolean {
  const { index } = indexChunk(resumeIndex(lent, NO_HINTS), bytes, NO_HINTS)
  return fitsHeader(lent, [{ bytes: bytes.length, index, behindHole: true }])
}

test('the header of an equal take fits', () => {
  expect(fits(mp4Header(), second(3))).toBe(true)
  const media = joinBytes([
    cluster(0, keyframe(0), sound(3)),
    cluster(1000, keyframe(5), frame(50)),
  ])
  expect(fits(header(), media)).toBe(true)
})

test('one whose tracks have each other’s numbers does not', () => {
  const flipped = mp4Header([trak(AUDIO), trak(VIDEO)], [trex(VIDEO), trex(AUDIO)])
  // In its own words: the first is sound, the second pictures.
  const swapped = flipNumbers(flipped)
  expect(fits(swapped, second(3))).toBe(false)
  const tracks = element(ID.tracks, trackEntry(1, 'A_OPUS'), trackEntry(2, 'V_VP9'))
  const media = joinBytes([
    cluster(0, keyframe(0), sound(3), frame(50)),
    cluster(1000, sound(5), frame(9)),
  ])
  expect(fits(header(tracks), media)).toBe(false)
})

test('nothing fits where nothing is found, and what is no header does not', () => {
  expect(fits(mp4Header(), new Uint8Array(100))).toBe(false)
  expect(fitsHeader(new Uint8Array(20), [])).toBe(false)
})

/** Gives track 1 the number 2 and the other way round, in tkhd: 4 bytes behind the times. */
function flipNumbers(bytes: Uint8Array): Uint8Array {
  const flipped = bytes.slice()
  const text = new TextDecoder('latin1').decode(bytes)
  for (let at = text.indexOf('tkhd'); at >= 0; at = text.indexOf('tkhd', at + 1)) {
    const place = at + 4 + 4 + 8 + 3
    flipped[place] = 3 - (flipped[place] ?? 0)
  }
  return flipped
}
