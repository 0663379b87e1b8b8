// A test of a ChunkStore, whatever it stores to: a place to store to, and a store on it.
import { randomUUID } from 'node:crypto'
import { test } from 'vitest'
import type { ChunkStore, StoredAt } from '../../server/store/chunk-store.ts'
import { someChunkFrame } from './chunks.ts'

/** One place to store to, opened as often as a test likes: each opening is another server process. */
export type StoreBed = {
  open(incarnation: string): Promise<ChunkStore>
  dispose(): Promise<void>
}

export const id = randomUUID()

export const appendChunk = (store: ChunkStore, seq: number, length = 1000): Promise<StoredAt> =>
  store.append(id, someChunkFrame({ seq, length }))

export function testOn(makeBed: () => Promise<StoreBed>) {
  return test
    .extend('bed', async ({ task: _task }, { onCleanup }) => {
      const bed = await makeBed()
      onCleanup(() => bed.dispose())
      return bed
    })
    .extend('store', async ({ bed }, { onCleanup }) => {
      const store = await bed.open('first')
      onCleanup(() => store.close())
      return store
    })
}

export type StoreTest = ReturnType<typeof testOn>

export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}
