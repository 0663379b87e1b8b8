// Whether a Redis answers, for whoever looks once and goes.
import { Redis } from 'ioredis'

const ANSWER_MS = 2000

/** @throws why it does not */
export async function pingRedis(url: string): Promise<void> {
  let last: unknown = null
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    retryStrategy: () => null,
  })
  // Without anybody who listens it would be written to the console.
  redis.on('error', (error) => {
    last = error
  })
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    throw last ?? error
  } finally {
    redis.disconnect()
  }
}
