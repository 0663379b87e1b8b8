// Owns the way into IndexedDB: idb-keyval's custom store, opened so that `complete` means "on the disk".
// Chromium's default since 2022 is relaxed: the operating system may still hold what was "complete".
import { promisifyRequest, type UseStore } from 'idb-keyval'

const STORE = 'buffer'

/** One database, opened once for all who ask. */
class Database {
  readonly #name: string
  #opening: Promise<IDBDatabase> | undefined

  constructor(name: string) {
    this.#name = name
  }

  open(): Promise<IDBDatabase> {
    this.#opening ??= this.#open().catch((error) => {
      this.forget()
      throw error
    })
    return this.#opening
  }

  forget(): void {
    this.#opening = undefined
  }

  async #open(): Promise<IDBDatabase> {
    // In private windows of some browsers the access itself throws.
    const request = indexedDB.open(this.#name)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    const db = await promisifyRequest(request)
    db.onclose = () => this.forget()
    // Another tab deletes or upgrades the database: never block it for ever.
    db.onversionchange = () => {
      db.close()
      this.forget()
    }
    return db
  }
}

function openStore(database: Database, durability: IDBTransactionDurability): UseStore {
  const begin = (db: IDBDatabase, mode: IDBTransactionMode) =>
    db.transaction(STORE, mode, { durability }).objectStore(STORE)
  return async (mode, callback) => {
    const db = await database.open()
    let store: IDBObjectStore
    try {
      store = begin(db, mode)
    } catch {
      // The browser closed the connection; nothing was done yet, so open another.
      database.forget()
      store = begin(await database.open(), mode)
    }
    return await callback(store)
  }
}

const recordings = new Database('holdfast')

/** What must survive the browser's and the machine's death: chunks, takes, recordings. */
export const strictStore: UseStore = openStore(recordings, 'strict')

/** What costs nothing when it is undone by a crash: deleting what is acked. */
export const relaxedStore: UseStore = openStore(recordings, 'relaxed')

/** What nobody has agreed to yet. No version of the app sends what lies in this one. */
export const heldStore: UseStore = openStore(new Database('holdfast-held'), 'strict')
