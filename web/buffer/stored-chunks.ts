// Owns what is done with single chunks once they are to be sent: read, and forgotten with the ack of their own sha256 (R11).
import { get, promisifyRequest } from 'idb-keyval'
import { relaxedStore, strictStore } from './database.ts'
import {
  type ChunkRow,
  chunkKey,
  digestKey,
  type FilePart,
  type RefusedChunk,
  refusalKey,
  type TakeRow,
  takeKey,
} from './rows.ts'
import { readPart } from './stored-file.ts'

export async function getChunk(
  id: string,
  take: number,
  seq: number,
): Promise<ChunkRow | undefined> {
  const row = await get<ChunkRow | FilePart>(chunkKey(id, take, seq), strictStore)
  return row && 'from' in row ? await readPart(id, take, row) : row
}

/** Remembers beside a chunk that it is not to be offered again. The chunk itself is not touched. */
export async function markRefused(id: string, refused: RefusedChunk): Promise<void> {
  await strictStore('readwrite', async (store) => {
    const take = await promisifyRequest(store.getKey(takeKey(id, refused.take)))
    if (take !== undefined) store.put(true, refusalKey(id, refused))
    await promisifyRequest(store.transaction)
  })
}

/** Deletes the copy that was acknowledged. @returns false when another copy, or none, lies there */
export async function forgetChunk(
  id: string,
  { take, seq, sha256 }: { take: number; seq: number; sha256: Uint8Array },
): Promise<boolean> {
  return await relaxedStore('readwrite', async (store) => {
    const stored = await readDigest(store, chunkKey(id, take, seq), digestKey(id, take, seq))
    const same = stored === 'part' || (stored?.every((byte, at) => byte === sha256[at]) ?? false)
    if (same) {
      store.delete(chunkKey(id, take, seq))
      store.delete(digestKey(id, take, seq))
    }
    await promisifyRequest(store.transaction)
    return same
  })
}

/** Of the copy that lies there. A part of a file that lies here has no other bytes than those that were sent. */
async function readDigest(
  store: IDBObjectStore,
  key: IDBValidKey,
  beside: IDBValidKey,
): Promise<Uint8Array | 'part' | undefined> {
  const digest = await promisifyRequest<Uint8Array | undefined>(store.get(beside))
  if (digest) return digest
  const row = await promisifyRequest<ChunkRow | FilePart | undefined>(store.get(key))
  return row && 'from' in row ? 'part' : row?.sha256
}

/** Changes where a take lies on the wire. */
export async function renumberTake(id: string, take: number, wire: number): Promise<void> {
  await strictStore('readwrite', async (store) => {
    const row = await promisifyRequest<TakeRow | undefined>(store.get(takeKey(id, take)))
    if (row) store.put({ ...row, wire }, takeKey(id, take))
    await promisifyRequest(store.transaction)
  })
}
