// The browser's reader of WebM is small, since it is loaded before one can record; the server's knows everything. Where a take
// may be cut they agree, whatever wrote it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Boundary, BoundaryReader } from '../../media/boundaries.ts'
import { MediaError } from '../../media/media-error.ts'
import { readHeader } from '../../media/webm-header.ts'
import { readWebm } from '../../media/webm-parser.ts'
import { startWebm } from '../../media/webm-state.ts'
import { readTimecodeScale } from '../../media/webm-tracks.ts'
import { loadWebmTakes } from '../support/corpus.ts'
import { cutAt } from '../support/take-pipeline.ts'
import { writeDialects } from '../support/webm-dialects.ts'

type Place = Pick<Boundary, 'at' | 'clusterMs'>

/** As the server's reader says it. */
function placesIn(bytes: Uint8Array): Place[] {
  const places: Place[] = []
  let scaleNs = 0
  let clusterMs: number | null = null
  readWebm(startWebm(), bytes, (event) => {
    if (event.type === 'header') scaleNs = readTimecodeScale(readHeader(event.bytes).children)
    if (event.type !== 'cluster') places.push({ at: event.end, clusterMs })
    else if (event.timecode !== null) {
      clusterMs = Math.round((event.timecode * scaleNs) / 1e6)
      const last = places.at(-1)
      if (last?.at === event.start) places[places.length - 1] = { at: last.at, clusterMs }
    }
  })
  return places
}

function placesFound(slices: readonly Uint8Array[]): Place[] {
  const reader = new BoundaryReader()
  const found: Place[] = []
  for (const slice of slices) {
    const { boundaries, clusterMsBefore } = reader.read(slice)
    const last = found.at(-1)
    if (last && clusterMsBefore !== null)
      found[found.length - 1] = { at: last.at, clusterMs: clusterMsBefore }
    found.push(...boundaries.map(({ at, clusterMs }) => ({ at, clusterMs })))
  }
  return found
}

const takes = [
  ...loadWebmTakes().map(({ name, joined }) => ({ name, bytes: joined })),
  ...writeDialects().map(({ name, bytes }) => ({ name, bytes })),
]

describe('every take of the corpus and in every dialect', () => {
  test.each(takes)('$name: is cut where the server would, however it comes', ({ bytes }) => {
    const expected = placesIn(bytes)
    expect(expected.length).toBeGreaterThan(10)
    expect(placesFound([bytes])).toEqual(expected)
    const places = fc.array(fc.nat(bytes.length), { minLength: 20, maxLength: 20 })
    const cut = fc.property(places, (at) => {
      expect(placesFound(cutAt(bytes, at))).toEqual(expected)
    })
    fc.assert(cut, { numRuns: 3 })
  })
})

test('what is damaged is read to no end that throws', () => {
  const [{ bytes } = { bytes: new Uint8Array() }] = takes
  const spots = fc.array(fc.tuple(fc.nat(5_000), fc.nat(255)), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(spots, (damaged) => {
      const torn = bytes.slice(0, 20_000)
      for (const [at, value] of damaged) torn[at] = value
      expect(() => placesFound([torn])).not.toThrow(MediaError)
    }),
  )
})
