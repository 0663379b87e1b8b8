// Recorded takes with bytes changed, missing, doubled or strange: nothing throws, nothing hangs, no byte is lost on the
// way to the server, and the file does not depend on the cuts even then.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readStructure } from '../../media/fixtures/file-structure.ts'
import { readBoxes } from '../../media/mp4-box.ts'
import { corpusName, loadTakes } from '../support/corpus.ts'
import { alignSlices, buildFile, cutAt } from '../support/take-pipeline.ts'

/** Enough to hold a few Clusters; the rest of a take is more of the same. */
const PREFIX_BYTES = 60_000
const prefixes = loadTakes().map((take) => take.joined.slice(0, PREFIX_BYTES))

type Damage =
  | { kind: 'change'; at: number; bytes: Uint8Array }
  | { kind: 'cut'; at: number; length: number }
  | { kind: 'insert'; at: number; bytes: Uint8Array }
  | { kind: 'repeat'; at: number; length: number }

const at = fc.oneof(fc.nat(600), fc.nat(PREFIX_BYTES))
const length = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5000 }))
const some = fc.uint8Array({ minLength: 1, maxLength: 12 })
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('change' as const), at, bytes: some }),
  fc.record({ kind: fc.constant('insert' as const), at, bytes: some }),
  fc.record({ kind: fc.constant('cut' as const), at, length }),
  fc.record({ kind: fc.constant('repeat' as const), at, length }),
)

function apply(bytes: Uint8Array, one: Damage): Uint8Array {
  const place = Math.min(one.at, bytes.length)
  const before = bytes.subarray(0, place)
  if (one.kind === 'change') {
    return Buffer.concat([before, one.bytes, bytes.subarray(place + one.bytes.length)])
  }
  if (one.kind === 'insert') return Buffer.concat([before, one.bytes, bytes.subarray(place)])
  if (one.kind === 'cut') return Buffer.concat([before, bytes.subarray(place + one.length)])
  return Buffer.concat([before, bytes.subarray(place, place + one.length), bytes.subarray(place)])
}

const damagedTake = fc
  .record({
    take: fc.constantFrom(...prefixes),
    damages: fc.array(damage, { minLength: 1, maxLength: 3 }),
    places: fc.array(at, { maxLength: 12 }),
  })
  .map(({ take, damages, places }) => {
    const bytes = new Uint8Array(damages.reduce(apply, take))
    return {
      bytes,
      slices: cutAt(
        bytes,
        places.map((place) => Math.min(place, bytes.length)),
      ),
    }
  })

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

describe(`damaged takes of ${corpusName}`, () => {
  test('reach the server whole', () => {
    fc.assert(
      fc.property(damagedTake, ({ bytes, slices }) => {
        const { init, chunks } = alignSlices(slices, 8192)
        const parts = [init ?? new Uint8Array(0), ...chunks.map((chunk) => chunk.bytes)]
        expect(same(Buffer.concat(parts), bytes)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('make one file, aligned or not, with true sizes', () => {
    fc.assert(
      fc.property(damagedTake, ({ bytes, slices }) => {
        const { init, chunks } = alignSlices(slices, 8192)
        const aligned = buildFile(
          init,
          chunks.map((chunk) => chunk.bytes),
        )
        expect(same(buildFile(null, [bytes]).bytes, aligned.bytes)).toBe(true)
        expect(same(buildFile(null, slices).bytes, aligned.bytes)).toBe(true)
        expect(aligned.bytes.length).toBe(aligned.file.size)
        if (aligned.file.container === 'webm') {
          expect(readStructure(aligned.bytes).trailingBytes).toBe(0)
        } else if (aligned.file.container === 'mp4') {
          // mdat comes last and reaches to the end of the file, or is not there.
          expect(readBoxes(aligned.bytes).map((box) => box.type)).toEqual(
            aligned.file.mediaEnd > 0 ? ['ftyp', 'moov', 'mdat'] : ['ftyp', 'moov'],
          )
        } else expect(same(aligned.bytes, bytes)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
