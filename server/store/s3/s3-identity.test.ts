import { storeIdentityContract } from '../../../test/contract/store-identity.ts'
import { FakeS3, placeOf } from '../../../test/support/s3/fake-s3.ts'
import { S3Client } from './s3-client.ts'
import { S3Identity } from './s3-identity.ts'

storeIdentityContract('a bucket', async () => {
  const fake = await FakeS3.listen()
  const place = placeOf(fake)
  return {
    open: () => new S3Identity(new S3Client(place), place),
    dispose: () => fake.close(),
  }
})
