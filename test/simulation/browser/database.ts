// Stands in for `web/buffer/database.ts` in a simulated world: the buffer's own code, on the storage of the page's device.
import type * as real from '../../../web/buffer/database.ts'
import { currentProcess } from '../engine/scheduler.ts'

function openStore(durability: 'strict' | 'relaxed'): typeof real.strictStore {
  return async (_mode, callback) => {
    const process = currentProcess()
    const { device } = process.surroundings
    if (!device) throw new DOMException('No storage here.', 'SecurityError')
    const store = device.storage.begin(process, durability)
    return await callback(store as unknown as IDBObjectStore)
  }
}

export const strictStore = openStore('strict')
export const relaxedStore = openStore('relaxed')
