// Owns the way into IndexedDB: idb-keyval's custom store, opened so that `complete` means "on the disk".
// Chromium's default since 2022 is relaxed: the operating system may still hold what was "complete".
import { promisifyRequest, type UseStore } from 'idb-keyval'

const DATABASE = 'holdfast'
const STORE = 'buffer'

let opening: Promise<IDBDatabase> | undefined

function openDatabase(): Promise<IDBDatabase> {
  opening ??= open().catch((error) => {
    opening = undefined
    throw error
  })
  return opening
}

async function open(): Promise<IDBDatabase> {
  // In private windows of some browsers the access itself throws.
  const request = indexedDB.open(DATABASE)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  const db = await promisifyRequest(request)
  const forget = () => {
    opening = undefined
  }
  db.onclose = forget
  // Another tab deletes or upgrades the database: never block it for ever.
  db.onversionchange = () => {
    db.close()
    forget()
  }
  return db
}

function openStore(durability: IDBTransactionDurability): UseStore {
  const begin = (db: IDBDatabase, mode: IDBTransactionMode) =>
    db.transaction(STORE, mode, { durability }).objectStore(STORE)
  return async (mode, callback) => {
    const db = await openDatabase()
    let store: IDBObjectStore
    try {
      store = begin(db, mode)
    } catch {
      // The browser closed the connection; nothing was done yet, so open another.
      opening = undefined
      store = begin(await openDatabase(), mode)
    }
    return await callback(store)
  }
}

/** What must survive the browser's and the machine's death: chunks, takes, recordings. */
export const strictStore: UseStore = openStore('strict')

/** What costs nothing when it is undone by a crash: deleting what is acked. */
export const relaxedStore: UseStore = openStore('relaxed')
