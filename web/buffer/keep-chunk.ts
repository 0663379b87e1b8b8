// Owns the storing of a chunk that comes by another way than its recorder: what a dying page handed over.
import { promisifyRequest } from 'idb-keyval'
import { strictStore } from './database.ts'
import {
  type ChunkRow,
  chunkKey,
  recordingRange,
  type TakeRow,
  takeKey,
  writeChunk,
} from './rows.ts'
import { placeTake } from './take-place.ts'

/**
 * As `putChunk`, for a copy that comes by another way: what is there already stays. The take's total never
 * counts beyond what was stored, since a counted chunk that is not here is taken for acked.
 * @returns the take under which it lies: where another one has its number, it goes under the next free one
 */
export async function keepChunk(
  id: string,
  take: TakeRow,
  seq: number,
  chunk: ChunkRow,
): Promise<TakeRow> {
  return await strictStore('readwrite', async (store) => {
    const range = recordingRange(id)
    const keys = (await promisifyRequest(store.getAllKeys(range))) as IDBValidKey[][]
    const rows = keys.filter((key) => key.length === 2).map((key) => store.get(key))
    const takes = await Promise.all(rows.map((row) => promisifyRequest<TakeRow>(row)))
    const own = placeTake(take, takes)
    const known = takes.find((one) => one.take === own.take)
    const chunks = Math.max(known?.chunks ?? 0, seq + 1)
    const newer = known && known.bytes > own.bytes ? known : own
    store.put({ ...newer, chunks }, takeKey(id, own.take))
    const found = await promisifyRequest(store.getKey(chunkKey(id, own.take, seq)))
    if (found === undefined) writeChunk(store, chunk, [id, own.take, seq])
    await promisifyRequest(store.transaction)
    return own
  })
}
