// What every ChunkStore tells of itself as a whole, and how it marks what is not to be trusted.
import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { someChunk, someChunkFrame } from '../support/chunks.ts'
import { type StoreBed, testOn } from '../support/store-test.ts'

const id = randomUUID()

export function storeMarksContract(name: string, makeBed: () => Promise<StoreBed>): void {
  const it = testOn(makeBed)
  describe(`${name} tells and marks`, () => {
    it('every recording of which anything is here, once', async ({ bed, store }) => {
      const others = [randomUUID(), randomUUID(), randomUUID()]
      for (const other of others) await store.append(other, someChunkFrame())
      const second = await bed.open('second')
      await second.append(others[0] ?? '', someChunkFrame({ seq: 1 }))
      await second.purge(others[1] ?? '')
      const found: string[] = []
      for await (const one of second.recordings()) found.push(one)
      await second.close()
      expect(found.sort()).toEqual([others[0] ?? '', others[2] ?? ''].sort())
    })

    it('marks a segment, again and again, and leaves its bytes as they are', async ({ store }) => {
      const at = await store.append(id, someChunkFrame({ seq: 0 }))
      const sound = await store.keepConflict(id, someChunk({ seq: 0, seed: 5 }))
      for (const reason of ['once', 'twice']) await store.quarantine(id, at.segment, reason)
      expect(await store.read(id, at, 1000)).toEqual(someChunk({ seq: 0 }).bytes)
      const marked = (await store.segments(id)).filter((info) => info.isQuarantined)
      expect(marked.map(({ segment }) => segment)).toEqual([at.segment])
      expect(marked.map(({ segment }) => segment)).not.toContain(sound)
    })
  })
}
