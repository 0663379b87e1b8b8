import { chunkStoreContract } from '../../../test/contract/chunk-store.ts'
import { storeMarksContract } from '../../../test/contract/store-marks.ts'
import { FakeS3, placeOf } from '../../../test/support/s3/fake-s3.ts'
import type { StoreBed } from '../../../test/support/store-test.ts'
import { S3Client } from './s3-client.ts'
import { S3Store } from './s3-store.ts'

async function makeBed(): Promise<StoreBed> {
  const fake = await FakeS3.listen({ pageSize: 3 })
  const client = new S3Client(placeOf(fake))
  return {
    open: async (incarnation) => new S3Store({ client, prefix: 'kept/here/', incarnation }),
    dispose: () => fake.close(),
  }
}

chunkStoreContract('the S3 store', makeBed)
storeMarksContract('the S3 store', makeBed)
