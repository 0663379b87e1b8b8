// SIGKILL of a server while it puts bytes into a bucket that refuses, forgets to answer, or answers late.
import { S3Client } from '../../../server/store/s3/s3-client.ts'
import { S3Store } from '../../../server/store/s3/s3-store.ts'
import { envOf, FakeS3, isPut, placeOf, type Fault as S3Fault } from '../../support/s3/fake-s3.ts'
import { fault, type Scene } from '../fault.ts'
import { type Ground, pause } from '../ground.ts'
import { onlyServer, type Site, sharedSite } from '../site.ts'

type BucketSite = Site & { readonly bucket: FakeS3 }

const KILLS = 3
/** Of a hundred PUTs so many meet each trouble. */
const SHARE = 6

const TROUBLES: readonly Omit<S3Fault, 'when'>[] = [
  { refuse: { status: 503, code: 'SlowDown' } },
  { refuse: { status: 409, code: 'ConditionalRequestConflict' } },
  { isReset: true },
  { afterwards: 'reset' },
  { afterwards: { status: 500, code: 'InternalError' } },
]

async function bucketSite(ground: Ground): Promise<BucketSite> {
  const bucket = await FakeS3.listen()
  ground.onEnd(() => bucket.close())
  const site = await sharedSite(ground, { env: envOf(bucket) })
  const client = new S3Client(placeOf(bucket))
  const openStore = async () => new S3Store({ client, prefix: '', incarnation: 'reader' })
  return Object.assign(site, { bucket, openStore })
}

async function killWhilePutting({
  site,
  crew,
  random,
}: Scene & { site: BucketSite }): Promise<void> {
  const server = onlyServer(site)
  const isHit: S3Fault['when'] = (ask) => isPut(ask) && random() * 100 < SHARE
  for (const trouble of TROUBLES) site.bucket.fail({ ...trouble, when: isHit, times: 1000 })
  for (let i = 0; i < KILLS; i++) {
    await crew.untilAcked(1)
    await pause(random() * 800)
    await server.kill()
    // A start is refused by a bucket that does not behave.
    site.bucket.pause()
    await site.revive(server)
    site.bucket.resume()
  }
  await crew.untilAcked(1)
  site.bucket.recover()
}

export const bucketKilled = fault<BucketSite>({
  name: 'bucket-killed',
  title: 'SIGKILL of a server, three times, whose S3 bucket refuses, resets and forgets to answer',
  build: bucketSite,
  strike: killWhilePutting,
  selfTests: [
    {
      without: 'waiting for the answer to a PUT before the row',
      sabotage: {
        breaks: [
          {
            file: 'server/store/s3/s3-store.ts',
            line: '        const outcome = await this.#health.watch(() => putNew(this.#client, key, body))',
            instead: `        setTimeout(() => putNew(this.#client, key, body).catch(() => undefined), 500)
        const outcome: string = 'stored'`,
          },
        ],
      },
      finds: /I1: (acked and lost|unreadable)/,
    },
  ],
})
