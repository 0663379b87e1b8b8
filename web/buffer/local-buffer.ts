// Owns the writing of the local copies, and what is known of them. A write resolves when its transaction is complete under
// strict durability; no write ever takes the place of another take's. Nothing is deleted here: a chunk goes only by
// `forgetChunk` with its own sha256 (R11), by `deleteRecording`, and in no other way (I13).
import { promisifyRequest, set } from 'idb-keyval'
import { strictStore } from './database.ts'
import {
  type ChunkRow,
  isBesideKey,
  type RecordingRow,
  type RefusedChunk,
  recordingKey,
  recordingRange,
  type TakeRow,
  takeKey,
  writeChunk,
} from './rows.ts'

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
    writeChunk(store, chunk, [id, take.take, seq])
    store.put(take, takeKey(id, take.take))
    await promisifyRequest(store.transaction)
    return (await row) !== undefined
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
    for (const key of keys.filter((one) => !isBesideKey(one))) {
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
