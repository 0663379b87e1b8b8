// The one place that knows which stores there are: opens the one that was configured, for chunks and for what is made.
import type { ChunkStore, StoreFailure } from './chunk-store.ts'
import { LeftoverFiles, type Leftovers } from './leftover-files.ts'
import { LocalMadeFiles } from './local-made-files.ts'
import { openLocalStore } from './local-store.ts'
import type { MadeFiles } from './made-files.ts'
import { checkBucket } from './s3/s3-check.ts'
import { S3Client } from './s3/s3-client.ts'
import { S3Identity } from './s3/s3-identity.ts'
import { S3Leftovers } from './s3/s3-leftovers.ts'
import { S3MadeFiles } from './s3/s3-made-files.ts'
import { S3Store } from './s3/s3-store.ts'
import { FolderIdentity, type StoreIdentity } from './store-identity.ts'
import type { S3Place, StorePlace } from './store-place.ts'

export type OpenedStore = {
  readonly store: ChunkStore
  readonly made: MadeFiles
  readonly leftovers: Leftovers
  readonly identity: StoreIdentity
}

export type OpenStoreOptions = {
  /** Unique to this run of this process. */
  incarnation: string
  /** A local folder for what is being made, where the store is none. */
  workDir: string
  /** Told of each write that failed for good. */
  onFailure: (failure: StoreFailure) => void
  /** Told what an operator should know of the store, in one sentence. */
  onWarning: (warning: string) => void
}

/**
 * Resolves when the store has shown that it keeps what it must keep.
 * @throws HoldfastError `store_unreachable`, `store_refused`, `store_unsafe`; what the disk throws
 */
export async function openStore(
  place: StorePlace,
  options: OpenStoreOptions,
): Promise<OpenedStore> {
  if (place.kind === 's3') return await openS3(place, options)
  const { incarnation, onFailure } = options
  const store = await openLocalStore({ root: place.dir, incarnation, onFailure })
  const { dir } = place
  const identity = new FolderIdentity(dir)
  return { store, made: new LocalMadeFiles(dir), leftovers: new LeftoverFiles(dir), identity }
}

async function openS3(place: S3Place, options: OpenStoreOptions): Promise<OpenedStore> {
  const { incarnation, workDir, onFailure, onWarning } = options
  const client = new S3Client(place)
  const { isVersioned } = await checkBucket(client, place, incarnation)
  if (isVersioned) {
    onWarning('the bucket keeps versions: what is deleted stays in it until its rules remove those')
  }
  const { prefix } = place
  const store = new S3Store({ client, prefix, incarnation, onFailure })
  const made = await S3MadeFiles.open({ client, prefix, workDir })
  const identity = new S3Identity(client, place)
  return { store, made, leftovers: new S3Leftovers(client, prefix), identity }
}
