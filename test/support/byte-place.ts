// Where the media bytes of a test's servers lie: in a folder, or in a bucket. What must hold of stored bytes is asked of both.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChunkStore, StoredAt } from '../../server/store/chunk-store.ts'
import { openLocalStore } from '../../server/store/local-store.ts'
import { segmentPath } from '../../server/store/recording-folder.ts'
import { S3Client } from '../../server/store/s3/s3-client.ts'
import { S3Store } from '../../server/store/s3/s3-store.ts'
import { flipBit } from './compaction-site.ts'
import { envOf, FakeS3, placeOf } from './s3/fake-s3.ts'

export type Lying = { readonly name: string; readonly bytes: Buffer }

export interface BytePlace {
  /** What servers and commands are started with. */
  readonly env: Record<string, string>
  /** Opens it to read, as another process would. @param dataDir of the servers */
  open(dataDir: string): Promise<ChunkStore>
  /** All that lies there, and in the data folder. */
  everything(dataDir: string): Promise<Lying[]>
  /** Changes one bit, as a bad disk would. */
  flip(dataDir: string, recordingId: string, at: StoredAt): Promise<void>
  close(): Promise<void>
}

const storeIn = (dataDir: string): string => join(dataDir, 'store')

async function filesIn(folder: string): Promise<Lying[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return await Promise.all(
    entries.map(async (entry) => {
      const name = join(entry.parentPath, entry.name)
      // Somebody may be removing it at this moment.
      const bytes = entry.isFile() && (await readFile(name).catch(() => null))
      return { name, bytes: bytes || Buffer.alloc(0) }
    }),
  )
}

const folderPlace: BytePlace = {
  env: {},
  open: (dataDir) => openLocalStore({ root: storeIn(dataDir), incarnation: 'reader' }),
  everything: filesIn,
  flip: (dataDir, recordingId, { segment, offset }) =>
    flipBit(segmentPath(storeIn(dataDir), recordingId, segment), () => offset),
  close: async () => undefined,
}

async function openBucket(): Promise<BytePlace> {
  const fake = await FakeS3.listen()
  const { objects, uploads } = fake.bucket
  return {
    env: envOf(fake),
    open: async () =>
      new S3Store({ client: new S3Client(placeOf(fake)), prefix: '', incarnation: 'reader' }),
    everything: async (dataDir) => [
      ...[...objects].map(([name, { bytes }]) => ({ name, bytes: Buffer.from(bytes) })),
      ...[...uploads.keys()].map((id) => ({ name: `upload ${id}`, bytes: Buffer.alloc(0) })),
      ...(await filesIn(dataDir)),
    ],
    flip: async (_, recordingId, { segment, offset }) => {
      const key = segmentPath('', recordingId, segment)
      const object = objects.get(key)
      if (!object) throw new Error(`no object ${key}`)
      const bytes = object.bytes.slice()
      bytes[offset] = (bytes[offset] ?? 0) ^ 1
      objects.set(key, { ...object, bytes })
    },
    close: () => fake.close(),
  }
}

export const BYTE_PLACES: [name: string, open: () => Promise<BytePlace>][] = [
  ['folder', async () => folderPlace],
  ['bucket', openBucket],
]
