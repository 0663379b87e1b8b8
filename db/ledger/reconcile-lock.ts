// One reconciliation at a time on a ledger: what one is writing must not look to another like what a dead one left.
import type postgres from 'postgres'
import type { DatabaseClient } from '../client.ts'
import { awayError } from '../connection-lost.ts'

/** Any constant but that of the migrations. */
const RECONCILE_LOCK = 4_713_022
const WAIT_MS = 10_000

/** Runs `work` under the lock; null when another process has it. The lock falls with its connection. */
export async function withReconcileLock<T>(
  client: DatabaseClient,
  work: () => Promise<T>,
): Promise<T | null> {
  const line = await reserveLine(client)
  try {
    const [row] = await line`select pg_try_advisory_lock(${RECONCILE_LOCK}) as is_ours`
    if (!row?.is_ours) return null
    try {
      return await work()
    } finally {
      await line`select pg_advisory_unlock(${RECONCILE_LOCK})`
    }
  } finally {
    line.release()
  }
}

/** The driver waits for ever for a connection that is not open yet: a statement opens one, and time bounds the rest. */
async function reserveLine({ sql }: DatabaseClient): Promise<postgres.ReservedSql> {
  await sql`select 1`
  const reserved = sql.reserve()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = awayError('ETIMEDOUT', `No connection became free within ${WAIT_MS} ms.`)
    timer = setTimeout(() => reject(error), WAIT_MS)
  })
  try {
    return await Promise.race([reserved, late])
  } catch (error) {
    void reserved.then((line) => line.release()).catch(() => undefined)
    throw error
  } finally {
    clearTimeout(timer)
  }
}
