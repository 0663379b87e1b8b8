// A local store on a disk that fails when told, with a clock that stands still until it is moved.
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import type { StoredAt, StoreFailure } from '../../server/store/chunk-store.ts'
import {
  type LocalStore,
  type LocalStoreOptions,
  openLocalStore,
} from '../../server/store/local-store.ts'
import { someChunkFrame } from './chunks.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { waitFor } from './wait-for.ts'

type Opened = {
  disk: FaultyDisk
  store: LocalStore
  /** A recording, and an append to it. */
  id: string
  append: (seq: number) => Promise<StoredAt>
}

export class FaultyStoreBed {
  readonly root = join(tmpdir(), `holdfast-faults-${randomUUID()}`)
  readonly clock = { ms: 1e6 }
  readonly failures: StoreFailure[] = []
  readonly #stores: LocalStore[] = []

  async open(options: Partial<LocalStoreOptions> = {}): Promise<Opened> {
    const disk = new FaultyDisk()
    const store = await openLocalStore({
      root: this.root,
      incarnation: 'a',
      disk,
      now: () => this.clock.ms,
      onFailure: (failure) => this.failures.push(failure),
      ...options,
    })
    this.#stores.push(store)
    disk.calls.length = 0
    const id = randomUUID()
    return { disk, store, id, append: (seq) => store.append(id, someChunkFrame({ seq })) }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()))
    await rm(this.root, { recursive: true, force: true })
  }
}

export const faultyStoreTest = test.extend('bed', async ({ task: _task }, { onCleanup }) => {
  const bed = new FaultyStoreBed()
  onCleanup(() => bed.dispose())
  return bed
})

/** Resolves when the disk was asked for the n-th `op`. */
export async function untilAsked(disk: FaultyDisk, op: string, times: number): Promise<void> {
  await waitFor(`${op} number ${times}`, () => disk.count(op) >= times, { everyMs: 1 })
}
