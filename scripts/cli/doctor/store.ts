// Where the media bytes lie: a folder on a disk, or a bucket, tried out as a server does at its start.
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import type { Config } from '../../../server/config.ts'
import { openStore } from '../../../server/store/open-store.ts'
import { type Check, ok, warning } from './check.ts'
import { checkDisk } from './disk.ts'

export async function checkStore(config: Config): Promise<Check[]> {
  return config.store.kind === 'file'
    ? await checkDisk(config.store.dir)
    : await checkBucket(config)
}

/** @throws HoldfastError `store_unreachable`, `store_refused`, `store_unsafe`, with what to do */
async function checkBucket({ store, dataDir }: Config): Promise<Check[]> {
  const warnings: string[] = []
  const startedAt = performance.now()
  const opened = await openStore(store, {
    incarnation: uuidv7(),
    workDir: join(dataDir, 'making'),
    onFailure: () => undefined,
    onWarning: (text) => warnings.push(text),
  })
  await opened.store.close()
  const tookMs = Math.round(performance.now() - startedAt)
  const tried = ok('store', `S3: conditional writes and checksums are kept, tried in ${tookMs} ms`)
  const advice = 'Give the bucket a rule that removes old versions.'
  return [tried, ...warnings.map((text) => warning('store', text, advice))]
}
