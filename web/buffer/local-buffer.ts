// Owns the local copies. A write resolves when its transaction is complete under strict durability; a chunk
// goes only by `forgetChunk` with its own sha256 (R11), by `deleteRecording`, and in no other way (I13); no write
// ever takes the place of another take's.
import { get, promisifyRequest, set } from 'idb-keyval'
import { relaxedStore, strictStore } from './database.ts'
import {
  type ChunkRow,
  chunkKey,
  digestKey,
  type FilePart,
  type RecordingRow,
  type RefusedChunk,
  recordingKey,
  recordingRange,
  refusalKey,
  type TakeRow,
  takeKey,
} from './rows.ts'
import { readPart } from './stored-file.ts'
import { placeTake } from './take-place.ts'

/** What is here of a recording: its rows, and which chunks of each take are not acked. */
export type StoredRecording = {
  readonly row: RecordingRow
  readonly takes: readonly TakeRow[]
  /** By take: sorted chunk numbers. */
  readonly pending: ReadonlyMap<number, readonly number[]>
  /** What is not to be offered again. */
  readonly refused: readonly RefusedChunk[]
}

/** @throws DOMException, also for a quota that is noticed only at commit */
export function putRecording(row: RecordingRow): Promise<void> {
  return set(recordingKey(row.id), row, strictStore)
}

/** Changes fields of a recording's row; nothing when it is gone. */
export async function changeRecording(id: string, change: Partial<RecordingRow>): Promise<void> {
  await strictStore('readwrite', async (store) => {
    const row = await promisifyRequest<RecordingRow | undefined>(store.get(recordingKey(id)))
    if (row) store.put({ ...row, ...change }, recordingKey(id))
    await promisifyRequest(store.transaction)
  })
}

/** Takes the next free number, so that nothing that an earlier page left behind is ever overwritten. */
export async function beginTake(
  id: string,
  fresh: Omit<TakeRow, 'take' | 'wire'>,
): Promise<TakeRow> {
  return await strictStore('readwrite', async (store) => {
    const keys = await promisifyRequest(store.getAllKeys(recordingRange(id)))
    const takes = keys.flatMap((key) => (Array.isArray(key) && key.length === 2 ? [key[1]] : []))
    const take = takes.reduce<number>((next, used) => Math.max(next, Number(used) + 1), 0)
    const row: TakeRow = { ...fresh, take, wire: take }
    store.put(row, takeKey(id, take))
    await promisifyRequest(store.transaction)
    return row
  })
}

/** Changes where a take lies on the wire. */
export async function renumberTake(id: string, take: number, wire: number): Promise<void> {
  await strictStore('readwrite', async (store) => {
    const row = await promisifyRequest<TakeRow | undefined>(store.get(takeKey(id, take)))
    if (row) store.put({ ...row, wire }, takeKey(id, take))
    await promisifyRequest(store.transaction)
  })
}

/** A chunk, and beside it which one it is: both or neither. */
function writeChunk(
  store: IDBObjectStore,
  key: IDBValidKey,
  chunk: ChunkRow,
  beside: IDBValidKey,
): void {
  store.put(chunk, key)
  store.put(chunk.sha256, beside)
}

/**
 * Stores a chunk together with its take's new totals: after a crash either both are there or neither.
 * @returns false when nothing here says whose it is: the browser cleared the storage, or never took the row
 * @throws DOMException `ConstraintError` when another take lies under the number: it is never overwritten
 */
export async function putChunk(
  id: string,
  take: TakeRow,
  seq: number,
  chunk: ChunkRow,
): Promise<boolean> {
  return await strictStore('readwrite', async (store) => {
    const row = promisifyRequest(store.getKey(recordingKey(id)))
    const known = await promisifyRequest<TakeRow | undefined>(store.get(takeKey(id, take.take)))
    if (known && known.startedAt !== take.startedAt) {
      throw new DOMException('Another take has this number.', 'ConstraintError')
    }
    writeChunk(store, chunkKey(id, take.take, seq), chunk, digestKey(id, take.take, seq))
    store.put(take, takeKey(id, take.take))
    await promisifyRequest(store.transaction)
    return (await row) !== undefined
  })
}

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
    const key = chunkKey(id, own.take, seq)
    const found = await promisifyRequest(store.getKey(key))
    if (found === undefined) writeChunk(store, key, chunk, digestKey(id, own.take, seq))
    await promisifyRequest(store.transaction)
    return own
  })
}

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

/** What lies beside takes and chunks: a whole file, a digest. */
const isBeside = (key: readonly IDBValidKey[]): boolean => typeof key[1] === 'string'

/**
 * Deletes a recording of which nothing is left to send: not while a chunk lies here, or a take that is not among
 * `takes`, since somebody goes on recording it. @returns false when it stays
 */
export async function discardRecording(id: string, takes: readonly number[]): Promise<boolean> {
  return await relaxedStore('readwrite', async (store) => {
    const keys = (await promisifyRequest(store.getAllKeys(recordingRange(id)))) as IDBValidKey[][]
    const isOver = keys.every((key) => {
      const isChunk = key.length === 3 && typeof key[1] === 'number'
      return !isChunk && (key.length === 1 || takes.includes(Number(key.at(isBeside(key) ? 2 : 1))))
    })
    if (isOver) store.delete(recordingRange(id))
    await promisifyRequest(store.transaction)
    return isOver
  })
}

/** Deletes it whatever is left of it: only when a person says so. */
export async function deleteRecording(id: string): Promise<void> {
  await relaxedStore('readwrite', (store) => {
    store.delete(recordingRange(id))
    return promisifyRequest(store.transaction)
  })
}

/** Ids of every recording that has anything here, by jumping from one to the next. */
export async function listIds(): Promise<string[]> {
  return await strictStore('readonly', (store) => {
    const ids: string[] = []
    const request = store.openKeyCursor()
    return new Promise((resolve, reject) => {
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        const cursor = request.result
        if (!cursor) return resolve(ids)
        const [id] = cursor.key as [string]
        ids.push(id)
        cursor.continue([id, []])
      }
    })
  })
}

/** Null when nothing is here, or nothing that says whose it is. Reads no media. */
export async function readRecording(id: string): Promise<StoredRecording | null> {
  return await strictStore('readonly', async (store) => {
    const keys = (await promisifyRequest(store.getAllKeys(recordingRange(id)))) as IDBValidKey[][]
    const row = await promisifyRequest<RecordingRow | undefined>(store.get(recordingKey(id)))
    if (!row) return null
    const takes: TakeRow[] = []
    const pending = new Map<number, number[]>()
    const refused: RefusedChunk[] = []
    for (const key of keys.filter((one) => !isBeside(one))) {
      const [, take, seq, code] = key as [string, number?, number?, RefusedChunk['code']?]
      if (take === undefined) continue
      if (seq !== undefined && code !== undefined) refused.push({ take, seq, code })
      else if (seq === undefined) takes.push(await promisifyRequest<TakeRow>(store.get(key)))
      else {
        const seqs = pending.get(take) ?? []
        seqs.push(seq)
        pending.set(take, seqs)
      }
    }
    return { row, takes, pending, refused }
  })
}
