// What every ChunkStore keeps to whoever reads many places of it, one after another.
import { expect } from 'vitest'
import type { StoredAt } from '../../server/store/chunk-store.ts'
import { someChunk } from '../support/chunks.ts'
import { codeOf } from '../support/error-code.ts'
import { appendChunk, id, type StoreTest } from '../support/store-test.ts'

export function readsOn(it: StoreTest): void {
  it('streams several extents in their order, and each piece is of one of them', async ({
    store,
  }) => {
    const seqs = [0, 1, 2, 3, 4, 5]
    const lengthOf = (seq: number) => (seq === 3 ? 0 : 150_000 * (seq + 1))
    const places: StoredAt[] = []
    for (const seq of seqs) places.push(await appendChunk(store, seq, lengthOf(seq)))
    await store.closeSegment(id)
    const wanted = [0, 3, 1, 2, 5, 4, 4].map((seq) => ({ seq, bytes: lengthOf(seq) }))
    const extents = wanted.flatMap(({ seq, bytes }) => ({ ...(places[seq] as StoredAt), bytes }))
    let seen: Uint8Array[] = []
    const left = wanted.filter(({ bytes }) => bytes > 0)
    for await (const piece of store.streamExtents(id, extents)) {
      seen.push(piece)
      const { seq, bytes } = left[0] ?? { seq: -1, bytes: 0 }
      const length = seen.reduce((sum, one) => sum + one.length, 0)
      expect(length).toBeLessThanOrEqual(bytes)
      if (length < bytes) continue
      expect(Buffer.compare(Buffer.concat(seen), someChunk({ seq, length }).bytes)).toBe(0)
      left.shift()
      seen = []
    }
    expect(left).toEqual([])
    for await (const _ of store.streamExtents(id, extents)) break
  })

  it('gives out what lies before bytes that are not there, and then says bytes_damaged', async ({
    store,
  }) => {
    const at = await appendChunk(store, 0)
    const missing = { segment: 'first-999.seg', offset: 0, bytes: 10 }
    const pieces = store.streamExtents(id, [{ ...at, bytes: 1000 }, missing])
    expect((await pieces.next()).value).toEqual(someChunk({ seq: 0 }).bytes)
    expect(await codeOf(pieces.next())).toBe('bytes_damaged')
  })
}
