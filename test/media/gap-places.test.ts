// Recorded takes cut anywhere, with any of the pieces missing: whatever is found behind the holes was recorded, once, and
// lies at its time; nothing throws, and sizes are true.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readStructure } from '../../media/fixtures/file-structure.ts'
import { corpusName, loadWebmTakes } from '../support/corpus.ts'
import { buildWithout, type SentTake } from '../support/damaged-take.ts'
import { cutAt } from '../support/take-pipeline.ts'
import { type Packet, readPackets } from '../support/webm-packets.ts'

/** Enough to hold several Clusters and keyframes; the rest of a take is more of the same. */
const PREFIX_BYTES = 150_000
/** Where sound waits, its next Cluster says so only to itself. */
const TOLERATED_MS = 30
/** A picture that is alone in a cut Cluster has no time but a guess: so long after what came before the hole. */
const LONE_PICTURE_MS = 100
/** That guess can be further off where pictures are rare, so one run does not differ from the next. */
const SEED = Number(process.env.HOLDFAST_TEST_SEED ?? 20_261_122)

const takes = loadWebmTakes().map(({ name, joined }) => {
  const bytes = joined.slice(0, PREFIX_BYTES)
  const packets = new Map<string, Packet[]>()
  for (const packet of readPackets(bytes)) {
    const key = `${packet.track} ${packet.md5}`
    packets.set(key, [...(packets.get(key) ?? []), packet])
  }
  return { name, bytes, packets }
})

const cutTake = fc.record({
  take: fc.nat(takes.length - 1),
  places: fc.array(fc.nat(PREFIX_BYTES), { minLength: 2, maxLength: 20, size: 'max' }),
  lost: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }),
})

test(`nothing but what was recorded is found, in takes of ${corpusName}`, () => {
  fc.assert(
    fc.property(cutTake, ({ take: number, places, lost }) => {
      const take = takes[number]
      if (!take) return
      const pieces = cutAt(
        take.bytes,
        places.map((place) => Math.min(place + 2000, take.bytes.length)),
      )
      const hints = { aligned: false, clusterMs: null }
      const sent: SentTake = { init: null, chunks: pieces.map((bytes) => ({ bytes, hints })) }
      const { bytes, file } = buildWithout(sent, lost)
      expect(bytes.length).toBe(file.size)
      expect(file.container).toBe('webm')
      expect(readStructure(bytes).trailingBytes).toBe(0)
      const seen = new Map<string, number>()
      for (const { track, md5, ms, isVideo } of readPackets(bytes)) {
        const toleratedMs = isVideo ? LONE_PICTURE_MS : TOLERATED_MS
        const key = `${track} ${md5}`
        const recorded = take.packets.get(key) ?? []
        expect(recorded.some((one) => Math.abs(one.ms - ms) <= toleratedMs)).toBe(true)
        seen.set(key, (seen.get(key) ?? 0) + 1)
        expect(seen.get(key)).toBeLessThanOrEqual(recorded.length)
      }
    }),
    { numRuns: 400, seed: SEED },
  )
})
