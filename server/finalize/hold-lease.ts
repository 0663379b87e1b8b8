// Keeps a claim's lease alive while `work` runs, however long the recording is. When it is lost the work's
// result is worthless: the fenced commit refuses it, so nothing needs to be interrupted here.
import { type Claim, type Db, renewLease } from '@holdfast/db'

type Lease = { db: Db; claim: Claim; leaseMs: number }

export async function holdLease<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
  const { db, claim, leaseMs } = lease
  const renewal = setInterval(() => {
    // A failed renewal is retried at the next turn; if none succeeds the lease ends, which is safe.
    renewLease(db, claim, leaseMs).catch(() => undefined)
  }, leaseMs / 3)
  try {
    return await work()
  } finally {
    clearInterval(renewal)
  }
}
