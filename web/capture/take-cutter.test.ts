import { joinBytes, LIMITS } from '@holdfast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadTakes } from '../../test/support/corpus.ts'
import { mp4Cutting, prepareCutting } from './mp4-cutting.ts'
import { type Cut, cutRaw, rawChunkCount, TakeCutter } from './take-cutter.ts'

const slices = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 12 })
const bytesOf = (cuts: readonly Cut[]): Uint8Array =>
  joinBytes(
    cuts.flatMap(({ init, chunks }) => [
      ...(init ? [init] : []),
      ...chunks.map((one) => one.bytes),
    ]),
  )
const seqsOf = (cuts: readonly Cut[]): number[] =>
  cuts.flatMap(({ chunks }) => chunks.map((one) => one.seq))

describe('cutting a take', () => {
  it('loses and doubles no byte and no number, also when slices follow the release', () => {
    fc.assert(
      fc.property(slices, slices, (before, after) => {
        const cutter = new TakeCutter()
        const cuts = before.map((bytes) => cutter.push(new Uint8Array(bytes)))
        cuts.push(cutter.release())
        cuts.push(...after.map((bytes) => cutter.push(new Uint8Array(bytes))))
        cuts.push(cutter.release())
        expect(bytesOf(cuts)).toEqual(joinBytes([...before, ...after]))
        expect(seqsOf(cuts)).toEqual(seqsOf(cuts).map((_, at) => at))
        expect(cutter.nextSeq).toBe(seqsOf(cuts).length)
      }),
    )
  })

  it('numbers an unread slice as the page does when it reads it after all', () => {
    const size = LIMITS.splitChunkBytes * 2 + 5
    const slice = new Uint8Array(size).fill(7)
    const cutter = new TakeCutter()
    cutter.push(new Uint8Array([1, 2, 3]))
    cutter.release()
    const first = cutter.nextSeq
    const inPage = cutter.push(slice).chunks
    const inWorker = cutRaw(slice, first, cutter.rawLimit)
    expect(inWorker.map(({ seq, bytes }) => [seq, bytes.length])).toEqual(
      inPage.map(({ seq, bytes }) => [seq, bytes.length]),
    )
    expect(inWorker.length).toBe(rawChunkCount(size, cutter.rawLimit))
  })

  it('makes no chunk larger than the server takes, from the moment when that is known', () => {
    const [take] = loadTakes()
    const full = (take?.slices ?? []).filter(({ length }) => length > 0)
    const largest = Math.max(...full.map(({ length }) => length))
    let limit: number = LIMITS.maxChunkBytes
    const cutter = new TakeCutter(() => limit)
    const before = full.slice(0, 1).map((slice) => cutter.push(new Uint8Array(slice)))
    limit = Math.floor(largest / 3)
    const after = full.slice(1).map((slice) => cutter.push(new Uint8Array(slice)))
    after.push(cutter.release())
    const sizes = after.flatMap(({ chunks }) => chunks.map(({ bytes }) => bytes.length))
    expect(Math.max(...sizes)).toBe(limit)
    const cuts = [...before, ...after]
    expect(Buffer.from(bytesOf(cuts)).equals(Buffer.from(take?.joined ?? []))).toBe(true)
    expect(seqsOf(cuts)).toEqual(seqsOf(cuts).map((_, at) => at))
  })

  it('does not number an unread slice anew when the limit becomes known after it was announced', () => {
    let limit: number = LIMITS.maxChunkBytes
    const cutter = new TakeCutter(() => limit)
    cutter.release()
    const slice = new Uint8Array(100_000)
    const announced = rawChunkCount(slice.length, cutter.rawLimit)
    limit = 1_000
    expect(cutter.push(slice).chunks).toHaveLength(announced)
  })

  it.for(loadTakes().map((take) => [take.name, take] as const))(
    'passes on the slices of %s as they come once it has released what it held',
    ([, { slices, joined }]) => {
      const full = slices.filter(({ length }) => length > 0).map((slice) => new Uint8Array(slice))
      const half = Math.ceil(full.length / 2)
      const cutter = new TakeCutter()
      const cuts = full.slice(0, half).map((slice) => cutter.push(slice))
      cuts.push(cutter.release())
      for (const slice of full.slice(half)) {
        const expected = cutRaw(slice, cutter.nextSeq, cutter.rawLimit)
        const cut = cutter.push(slice)
        expect(cut.chunks.map(({ seq, bytes }) => [seq, bytes.length])).toEqual(
          expected.map(({ seq, bytes }) => [seq, bytes.length]),
        )
        cuts.push(cut)
      }
      cuts.push(cutter.release())
      expect(Buffer.from(bytesOf(cuts)).equals(Buffer.from(joined))).toBe(true)
    },
  )
})

const mp4Takes = loadTakes().filter(({ name }) => name.startsWith('mp4-'))

describe('cutting MP4', () => {
  it('is by size until its part was fetched, and loses no byte then either', () => {
    for (const { slices, joined } of mp4Takes) {
      const cutter = new TakeCutter()
      const cuts = slices.map((slice) => cutter.push(new Uint8Array(slice)))
      cuts.push(cutter.release())
      expect(cuts.find(({ init }) => init !== undefined)?.init).toBe(null)
      expect(Buffer.from(bytesOf(cuts)).equals(Buffer.from(joined))).toBe(true)
    }
  })

  it('is at whole boxes once a recorder that may write it was prepared for', async () => {
    await prepareCutting('video/webm')
    expect(mp4Cutting()).toBeUndefined()
    await prepareCutting('video/mp4')
    for (const { slices, joined } of mp4Takes) {
      const cutter = new TakeCutter()
      const cuts = slices.map((slice) => cutter.push(new Uint8Array(slice)))
      cuts.push(cutter.release())
      expect(cuts.find(({ init }) => init)?.init?.length).toBeGreaterThan(100)
      expect(cuts.flatMap(({ chunks }) => chunks).every(({ aligned }) => aligned)).toBe(true)
      expect(Buffer.from(bytesOf(cuts)).equals(Buffer.from(joined))).toBe(true)
    }
  })
})
