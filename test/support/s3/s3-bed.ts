// A store on a strict S3 that fails when told, with short waits and a clock that stands still until it is moved.
import { randomUUID } from 'node:crypto'
import { test } from 'vitest'
import type { StoredAt, StoreFailure } from '../../../server/store/chunk-store.ts'
import { S3Client, type Tries } from '../../../server/store/s3/s3-client.ts'
import { S3Store, type S3StoreOptions } from '../../../server/store/s3/s3-store.ts'
import { someChunkFrame } from '../chunks.ts'
import { FakeS3, type FakeS3Options, placeOf } from './fake-s3.ts'

type Opened = {
  store: S3Store
  client: S3Client
  /** A recording, and an append to it. */
  id: string
  append: (seq: number) => Promise<StoredAt>
}

export class S3Bed {
  readonly fake: FakeS3
  readonly clock = { ms: 1e6 }
  readonly failures: StoreFailure[] = []
  readonly #stores: S3Store[] = []

  private constructor(fake: FakeS3) {
    this.fake = fake
  }

  static async start(options: FakeS3Options = {}): Promise<S3Bed> {
    return new S3Bed(await FakeS3.listen(options))
  }

  open(options: Partial<S3StoreOptions> = {}, tries: Partial<Tries> = {}): Opened {
    const client = new S3Client(placeOf(this.fake), { pauseMs: 1, ...tries })
    const store = new S3Store({
      ...{ client, prefix: '', incarnation: 'a', now: () => this.clock.ms },
      onFailure: (failure) => this.failures.push(failure),
      ...options,
    })
    this.#stores.push(store)
    const id = randomUUID()
    return { store, client, id, append: (seq) => store.append(id, someChunkFrame({ seq })) }
  }

  async dispose(): Promise<void> {
    this.fake.recover()
    await Promise.all(this.#stores.map((store) => store.close()))
    await this.fake.close()
  }
}

export const s3Test = test.extend('bed', async ({ task: _task }, { onCleanup }) => {
  const bed = await S3Bed.start()
  onCleanup(() => bed.dispose())
  return bed
})
