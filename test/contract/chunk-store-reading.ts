// What every ChunkStore keeps to whoever reads many places of it, one after another.
import { expect } from 'vitest'
import type { StoredAt } from '../../server/store/chunk-store.ts'
import { someChunk } from '../support/chunks.ts'
import { codeOf } from '../support/error-code.ts'
import { appendChunk, id, type StoreTest } from '../support/store-test.ts'

export function readsOn(it: StoreTest): void {
  it('reads several extents, each whole, in the order given', async ({ store }) => {
    const lengthOf = (seq: number) => (seq === 3 ? 0 : 150_000 * (seq + 1))
    const places: StoredAt[] = []
    for (const seq of [0, 1, 2, 3, 4, 5]) places.push(await appendChunk(store, seq, lengthOf(seq)))
    await store.closeSegment(id)
    const wanted = [0, 3, 1, 2, 5, 4, 4]
    const extents = wanted.map((seq) => ({ ...(places[seq] as StoredAt), bytes: lengthOf(seq) }))
    const read = await Array.fromAsync(store.readExtents(id, extents))
    expect(read).toHaveLength(wanted.length)
    for (const [n, seq] of wanted.entries()) {
      const { bytes } = someChunk({ seq, length: lengthOf(seq) })
      expect(Buffer.compare(read[n] ?? bytes.subarray(1), bytes)).toBe(0)
    }
    for await (const _ of store.readExtents(id, extents)) break
  })

  it('gives out what lies before bytes that are not there, and then says bytes_damaged', async ({
    store,
  }) => {
    const at = await appendChunk(store, 0)
    const missing = { segment: 'first-999.seg', offset: 0, bytes: 10 }
    const pieces = store.readExtents(id, [{ ...at, bytes: 1000 }, missing])
    expect((await pieces.next()).value).toEqual(someChunk({ seq: 0 }).bytes)
    expect(await codeOf(pieces.next())).toBe('bytes_damaged')
  })
}
