// Owns how whole recordings go: discarded once nothing of them is left to send, deleted by a person (I13).
import { promisifyRequest } from 'idb-keyval'
import { relaxedStore } from './database.ts'
import { isBesideKey, recordingRange } from './rows.ts'

/**
 * Deletes a recording of which nothing is left to send: not while a chunk lies here, or a take that is not among
 * `takes`, since somebody goes on recording it. @returns false when it stays
 */
export async function discardRecording(id: string, takes: readonly number[]): Promise<boolean> {
  return await relaxedStore('readwrite', async (store) => {
    const keys = (await promisifyRequest(store.getAllKeys(recordingRange(id)))) as IDBValidKey[][]
    const isOver = keys.every((key) => {
      const isChunk = key.length === 3 && typeof key[1] === 'number'
      return (
        !isChunk && (key.length === 1 || takes.includes(Number(key.at(isBesideKey(key) ? 2 : 1))))
      )
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
