// One reconciliation at a time on a ledger: what one is writing must not look to another like what a dead one left.
import type { DatabaseClient } from '../client.ts'

/** Any constant but that of the migrations. */
const RECONCILE_LOCK = 4_713_022

/** Runs `work` under the lock; null when another process has it. The lock falls with its connection. */
export async function withReconcileLock<T>(
  client: DatabaseClient,
  work: () => Promise<T>,
): Promise<T | null> {
  const line = await client.sql.reserve()
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
