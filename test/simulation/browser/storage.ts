// What IndexedDB keeps on one device: transactions one after another, each seen whole or not at all. What was written under
// strict durability survives everything; what was relaxed may be undone when the device loses power.

import type { Process } from '../engine/process.ts'
import { world } from '../engine/scheduler.ts'

type Key = readonly (string | number)[]
type Range = { readonly lower: Key; readonly upper: Key }
type Row = { readonly key: Key; readonly value: unknown }

/** Arrays sort after strings, strings after numbers; arrays element by element. */
function compare(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
      const order = compare(a[at], b[at])
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  if (typeof a === typeof b) return (a as string) < (b as string) ? -1 : a === b ? 0 : 1
  return rank(a) - rank(b)
}

const rank = (value: unknown): number =>
  typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2

const isKey = (query: Key | Range): query is Key => Array.isArray(query)

const isIn = (key: Key, query: Key | Range): boolean =>
  isKey(query)
    ? compare(key, query) === 0
    : compare(key, query.lower) >= 0 && compare(key, query.upper) <= 0

type Settled = {
  onsuccess?: (event: unknown) => void
  oncomplete?: () => void
  onerror?: () => void
  onabort?: () => void
}
type Request = Settled & { result?: unknown; error?: unknown }

/** One change that a power cut of the device may take back. */
type Relaxed = { readonly at: number; readonly undo: () => void }

const KEPT_BY_SYSTEM_MS = 5_000

export class Storage {
  /** Told before a chunk is deleted or written over: its key and the row. */
  onDrop: (key: Key, value: unknown) => void = () => undefined
  /** No room: transactions that write are refused at their commit. */
  isFull = false
  #rows: Row[] = []
  #relaxed: Relaxed[] = []
  #last: Promise<unknown> = Promise.resolve()

  get rows(): readonly Row[] {
    return this.#rows
  }

  /** Begins when every transaction before it has ended; one whose page died has ended too. */
  begin(process: Process, durability: 'strict' | 'relaxed'): ObjectStore {
    const store = new ObjectStore(this, process, durability)
    const before = this.#last
    this.#last = store.ended
    void before.then(() => world().after(0, () => store.start(), process))
    return store
  }

  find(query: Key | Range): Row[] {
    return this.#rows.filter(({ key }) => isIn(key, query))
  }

  commit(changes: readonly Change[], durability: 'strict' | 'relaxed'): void {
    const before = this.#rows
    for (const { query, row } of changes) {
      for (const dropped of this.find(query)) this.onDrop(dropped.key, dropped.value)
      this.#rows = this.#rows.filter(({ key }) => !isIn(key, query))
      if (row) this.#rows.push(row)
    }
    this.#rows.sort((a, b) => compare(a.key, b.key))
    if (durability === 'strict') {
      this.#relaxed = []
      return
    }
    const undo = () => {
      this.#rows = before
    }
    this.#relaxed.push({ at: world().now, undo })
  }

  /** The device's power goes: what its system still held may be gone. */
  losePower(): void {
    const since = world().now - KEPT_BY_SYSTEM_MS
    const lost = this.#relaxed.filter(({ at }) => at > since)
    if (world().random.chance(0.7)) lost[0]?.undo()
    this.#relaxed = []
  }
}

type Change = { readonly query: Key | Range; readonly row: Row | null }

/** The part of IDBObjectStore that the buffer uses, with its transaction. */
export class ObjectStore {
  readonly transaction: Request = {}
  readonly ended: Promise<void>
  readonly #storage: Storage
  readonly #process: Process
  readonly #durability: 'strict' | 'relaxed'
  readonly #changes: Change[] = []
  #waiting: (() => void)[] = []
  #isStarted = false
  #running = 0
  #end: () => void = () => undefined

  constructor(storage: Storage, process: Process, durability: 'strict' | 'relaxed') {
    this.#storage = storage
    this.#process = process
    this.#durability = durability
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    process.onDeath(() => this.#end())
  }

  start(): void {
    this.#isStarted = true
    for (const run of this.#waiting.splice(0)) run()
    this.#settleWhenIdle()
  }

  get(key: Key): Request {
    return this.#ask(() => this.#find(key)[0]?.value)
  }

  getKey(key: Key): Request {
    return this.#ask(() => this.#find(key)[0]?.key)
  }

  getAllKeys(range: Range): Request {
    return this.#ask(() => this.#find(range).map(({ key }) => key))
  }

  put(value: unknown, key: Key): Request {
    return this.#ask(() => {
      this.#changes.push({ query: key, row: { key, value } })
    })
  }

  delete(query: Key | Range): Request {
    return this.#ask(() => {
      this.#changes.push({ query, row: null })
    })
  }

  openKeyCursor(): Request {
    const request: Request = {}
    this.#advance(request, [])
    return request
  }

  #advance(request: Request, from: Key): void {
    this.#do(() => {
      const found = this.#storage.rows.find(({ key }) => compare(key, from) >= 0)
      const advance = (next: Key) => this.#advance(request, next)
      request.result = found ? { key: found.key, continue: advance } : null
      request.onsuccess?.({ target: request })
    })
  }

  /** As this transaction sees it: what it wrote itself included. */
  #find(query: Key | Range): Row[] {
    let rows = this.#storage.find(query)
    for (const change of this.#changes) {
      rows = rows.filter(({ key }) => !isIn(key, change.query))
      if (change.row && isIn(change.row.key, query)) rows.push(change.row)
    }
    return rows
  }

  #ask(work: () => unknown): Request {
    const request: Request = {}
    this.#do(() => {
      request.result = work()
      request.onsuccess?.({ target: request })
    })
    return request
  }

  #do(work: () => void): void {
    this.#running += 1
    const run = () => {
      world().after(
        world().random.between(0.02, 0.2),
        () => {
          work()
          this.#running -= 1
          // The answer may lead to another request: only what is idle after that is over.
          void Promise.resolve()
            .then(() => Promise.resolve())
            .then(() => this.#settleWhenIdle())
        },
        this.#process,
      )
    }
    if (this.#isStarted) run()
    else this.#waiting.push(run)
  }

  #settleWhenIdle(): void {
    if (this.#running > 0 || !this.#isStarted) return
    this.#running = Number.POSITIVE_INFINITY
    const weightMs = this.#changes.length === 0 ? 0.01 : this.#durability === 'strict' ? 4 : 0.5
    world().after(weightMs * world().random.between(0.5, 2), () => this.#settle(), this.#process)
  }

  #settle(): void {
    this.#end()
    const writes = this.#changes.some(({ row }) => row !== null)
    if (writes && this.#storage.isFull) {
      this.transaction.error = new DOMException('No room.', 'QuotaExceededError')
      this.transaction.onabort?.()
      return
    }
    this.#storage.commit(this.#changes, this.#durability)
    this.transaction.oncomplete?.()
  }
}
