// Reading for players out of a bucket: few and large requests, and none for a player that has left.
import { encodeStreamed } from '@holdfast/protocol'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { someChunk, someChunkFrame } from '../../test/support/chunks.ts'
import { TestLedger } from '../../test/support/ledger.ts'
import { type Fault, isGet } from '../../test/support/s3/fake-s3.ts'
import { s3Test as it, type S3Bed } from '../../test/support/s3/s3-bed.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { CONFLICT_MEDIA_OFFSET } from '../store/chunk-store.ts'
import { SoundChunks } from './sound-chunks.ts'

const MiB = 1024 * 1024
const CHUNKS = 40
const BYTES = 300_000
const HEAD = CONFLICT_MEDIA_OFFSET
const FIRST = `bytes=${HEAD}-`

let ledger: TestLedger
beforeAll(async () => {
  ledger = await TestLedger.open()
})
afterAll(() => ledger.close())

const seqs = Array.from({ length: CHUNKS }, (_, seq) => seq)
const chunkOf = (seq: number) => someChunk({ seq, length: BYTES })

/** A recording as a compaction leaves it, and its chunks as they are asked for. */
async function compacted(bed: S3Bed) {
  // Nothing but the player's leaving ends a request.
  const { store, id, append } = bed.open({}, { waitMs: 600_000 })
  await append(0)
  async function* frames() {
    for (const seq of seqs) yield encodeStreamed(someChunkFrame({ seq, length: BYTES }))
  }
  const { segment } = await store.writeObject(id, frames(), CHUNKS * BYTES)
  const damaged: Uint8Array[] = []
  const chunks = new SoundChunks({
    ...{ db: ledger.db, store, onMoved: () => undefined },
    onDamage: (_, sha256) => damaged.push(sha256),
  })
  const parts = seqs.map((seq) => {
    const offset = seq * (HEAD + BYTES) + HEAD
    const chunk = { segment, offset, bytes: BYTES, sha256: chunkOf(seq).sha256 }
    return { chunk, skip: 0, bytes: BYTES }
  })
  bed.fake.requests.length = 0
  return { store, id, segment, chunks, parts, damaged }
}

const rangesOf = (bed: S3Bed) =>
  bed.fake.requests.filter(isGet).map(({ headers: { range = '' } }) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(range) ?? []
    return Number(to) + 1 - Number(from)
  })

describe('chunks in a bucket', () => {
  it('come with few and large requests, whole and in order', async ({ bed }) => {
    const { id, chunks, parts } = await compacted(bed)
    const read = Buffer.concat(await Array.fromAsync(chunks.stream(id, parts)))
    const expected = Buffer.concat(seqs.map((seq) => chunkOf(seq).bytes))
    expect(Buffer.compare(read, expected)).toBe(0)
    const ranges = rangesOf(bed)
    expect(ranges.length).toBeLessThan(CHUNKS / 4)
    expect(Math.max(...ranges)).toBe(4 * MiB)
    // What is read over are the heads of frames.
    const total = ranges.reduce((sum, one) => sum + one, 0)
    expect(total).toBeLessThan(CHUNKS * (BYTES + HEAD) + 1)
  })

  it('are read once, however many parts of each are wanted', async ({ bed }) => {
    const { id, chunks, parts } = await compacted(bed)
    const split = parts.slice(0, 3).flatMap(({ chunk }) => [
      { chunk, skip: 0, bytes: 10 },
      { chunk, skip: 10, bytes: 20 },
      { chunk, skip: BYTES - 5, bytes: 5 },
    ])
    const read = Buffer.concat(await Array.fromAsync(chunks.stream(id, split)))
    const expected = seqs.slice(0, 3).flatMap((seq) => {
      const { bytes } = chunkOf(seq)
      return [bytes.subarray(0, 30), bytes.subarray(-5)]
    })
    expect(Buffer.compare(read, Buffer.concat(expected))).toBe(0)
    const total = rangesOf(bed).reduce((sum, one) => sum + one, 0)
    expect(total).toBeLessThanOrEqual(3 * (BYTES + HEAD))
  })

  it('are no longer asked for when the player has left', async ({ bed }) => {
    const { id, store, chunks, parts } = await compacted(bed)
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>()
    const isAhead: Fault['when'] = (ask) => isGet(ask) && !ask.headers.range?.startsWith(FIRST)
    bed.fake.fail({ when: isAhead, until, times: 99 })
    const pieces = chunks.stream(id, parts)
    await pieces.next()
    await waitFor('the next request', () => bed.fake.count(isAhead) > 0, { everyMs: 1 })
    await pieces.return()
    await waitFor('its end', () => bed.fake.abandoned > 0, { everyMs: 1 })
    goOn()
    const before = bed.fake.count(isGet)
    await store.segments(id)
    expect(bed.fake.count(isGet)).toBe(before)
  })

  it('are read no further ahead than a bound, also when nobody takes them', async ({ bed }) => {
    const { id, store, chunks, parts } = await compacted(bed)
    const pieces = chunks.stream(id, parts)
    await pieces.next()
    await store.health()
    const total = rangesOf(bed).reduce((sum, one) => sum + one, 0)
    expect(total).toBeLessThanOrEqual(5 * MiB)
    await pieces.return()
  })

  it('that are damaged or gone end it there, behind all that was right', async ({ bed }) => {
    const { id, segment, chunks, parts, damaged } = await compacted(bed)
    const [key, object] =
      [...bed.fake.bucket.objects].find(([name]) => name.endsWith(segment)) ?? []
    if (!key || !object) throw new Error('no object')
    const bytes = new Uint8Array(object.bytes)
    const at = 7 * (HEAD + BYTES) + HEAD
    bytes[at] = (bytes[at] ?? 0) ^ 1
    bed.fake.bucket.objects.set(key, { ...object, bytes })
    let read = 0
    const all = async () => {
      for await (const piece of chunks.stream(id, parts)) read += piece.length
    }
    await expect(all()).rejects.toMatchObject({ code: 'bytes_damaged' })
    expect(read).toBe(7 * BYTES)
    expect(damaged).toEqual([chunkOf(7).sha256])
    bed.fake.bucket.objects.set(key, { ...object, bytes: object.bytes.subarray(0, at) })
    read = 0
    await expect(all()).rejects.toMatchObject({ code: 'bytes_damaged' })
    expect(read).toBe(7 * BYTES)
  })

  it('that the store answers with an error are looked into like damage', async ({ bed }) => {
    const { id, chunks, parts, damaged } = await compacted(bed)
    bed.fake.fail({ when: isGet, times: 99, refuse: { status: 403, code: 'AccessDenied' } })
    const all = () => Array.fromAsync(chunks.stream(id, parts))
    await expect(all()).rejects.toMatchObject({ code: 'store_failed' })
    expect(damaged).toEqual([chunkOf(0).sha256])
  })
})
