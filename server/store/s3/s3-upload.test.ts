// Large objects in parts: whole or not at all, whatever becomes of a request, and nothing left behind.
import { expect } from 'vitest'
import { someBytes } from '../../../test/support/chunks.ts'
import { codeOf } from '../../../test/support/error-code.ts'
import type { Fault } from '../../../test/support/s3/fake-s3.ts'
import { s3Test as it, type S3Bed } from '../../../test/support/s3/s3-bed.ts'
import { collect } from '../../../test/support/store-test.ts'
import { S3Leftovers } from './s3-leftovers.ts'
import type { S3Store } from './s3-store.ts'

const MiB = 1024 * 1024
const SIZES = [4, 4, 4] as const
const whole = Buffer.concat(SIZES.map((size, n) => someBytes(size * MiB, n)))

const isPart: Fault['when'] = ({ method, target }) =>
  method === 'PUT' && target.includes('partNumber')
const isComplete: Fault['when'] = ({ method, target }) =>
  method === 'POST' && target.includes('uploadId')
const isAbort: Fault['when'] = ({ method, target }) =>
  method === 'DELETE' && target.includes('uploadId')

async function* frames() {
  for (const [n, size] of SIZES.entries()) yield someBytes(size * MiB, n)
}

const write = (store: S3Store, id: string) => store.writeObject(id, frames(), whole.length)

/** A recording, and a store that writes larger objects than 5 MiB in parts. */
async function opened(bed: S3Bed) {
  const all = bed.open({ partBytes: 5 * MiB })
  await all.append(0)
  return all
}

it.for<[string, Fault]>([
  ['a part that was not heard of', { when: isPart, refuse: { status: 503, code: 'SlowDown' } }],
  ['a part whose answer was lost', { when: isPart, afterwards: 'reset' }],
  ['an end whose answer was lost', { when: isComplete, afterwards: 'reset' }],
  [
    'an end that says 500 when it is done',
    { when: isComplete, afterwards: { status: 500, code: 'InternalError' } },
  ],
])('is written once in spite of %s', async ([, fault], { bed }) => {
  const { store, id } = await opened(bed)
  bed.fake.fail(fault)
  const { segment, bytes } = await write(store, id)
  expect(bytes).toBe(whole.length)
  const read = await collect(store.stream(id, { segment, offset: 0 }, bytes))
  expect(Buffer.compare(read, whole)).toBe(0)
  expect(bed.fake.bucket.uploads.size).toBe(0)
})

it.for<[string, Fault]>([
  ['a part is refused', { when: isPart, refuse: { status: 403, code: 'AccessDenied' } }],
  ['its end is refused', { when: isComplete, refuse: { status: 400, code: 'InvalidPart' } }],
])('leaves nothing when %s', async ([, fault], { bed }) => {
  const { store, id } = await opened(bed)
  bed.fake.fail(fault)
  expect(await codeOf(write(store, id))).toBe('store_failed')
  expect(bed.fake.bucket.uploads.size).toBe(0)
  expect((await store.segments(id)).filter(({ isObject }) => isObject)).toEqual([])
  await write(store, id)
})

it('goes with its recording when it was never completed', async ({ bed }) => {
  const { store, id } = await opened(bed)
  bed.fake.fail({ when: isPart, refuse: { status: 403, code: 'AccessDenied' } })
  bed.fake.fail({ when: isAbort, refuse: { status: 403, code: 'AccessDenied' } })
  expect(await codeOf(write(store, id))).toBe('store_failed')
  expect(bed.fake.bucket.uploads.size).toBe(1)
  await store.purge(id)
  expect(bed.fake.bucket.uploads.size + bed.fake.bucket.objects.size).toBe(0)
})

it('is found among the leftovers of its process when it was never completed', async ({ bed }) => {
  const { store, client, id, append } = await opened(bed)
  bed.fake.fail({ when: isPart, refuse: { status: 403, code: 'AccessDenied' } })
  bed.fake.fail({ when: isAbort, refuse: { status: 403, code: 'AccessDenied' } })
  expect(await codeOf(write(store, id))).toBe('store_failed')
  bed.fake.bucket.put('probe-a', new Uint8Array(1), { ifNoneMatch: undefined, checksum: undefined })
  const { segment } = await append(1)
  await store.quarantine(id, segment, 'for this test')
  const leftovers = new S3Leftovers(client, '')
  const found = await Array.fromAsync(leftovers.find())
  expect(found.map(({ recordingId, owner }) => [recordingId, owner.by])).toEqual([
    [null, 'segment'],
    [id, 'segment'],
  ])
  for (const one of found) {
    await leftovers.remove(one)
    await leftovers.remove(one)
  }
  expect(await Array.fromAsync(leftovers.find())).toEqual([])
  expect(bed.fake.bucket.uploads.size).toBe(0)
  expect(await store.segments(id)).toHaveLength(2)
})
