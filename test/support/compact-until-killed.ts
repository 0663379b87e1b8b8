// A process that compacts one recording to the very end and SIGKILLs itself before its n-th step: a statement, a
// commit, or a call that changes the disk. Prints `done` when it has no such step.
// Usage: compact-until-killed.ts <connection as JSON> <root> <n>
import { type Connection, connectDatabase } from '@holdfast/db'
import { Compactor } from '../../server/compaction/compactor.ts'
import { createLog } from '../../server/observe/log.ts'
import { createMetrics } from '../../server/observe/metrics.ts'
import { openLocalStore } from '../../server/store/local-store.ts'
import { endUnkilled, Steps, steppedDb, steppedDisk } from './killed-steps.ts'

async function compactUntilKilled(connection: Connection, root: string, n: number): Promise<void> {
  const { db } = connectDatabase(connection, { max: 2 })
  const steps = new Steps(Number.POSITIVE_INFINITY)
  const store = await openLocalStore({ root, incarnation: `killed${n}`, disk: steppedDisk(steps) })
  const metrics = createMetrics({ version: 'test', runtime: 'test' })
  metrics.close()
  const compactor = new Compactor({
    ...{ db: steppedDb(db, steps), store, afterMs: 3_600_000, keepMs: 0, leaseMs: 60_000 },
    ...{ forget: () => undefined, log: createLog({ level: 'silent' }), metrics },
  })
  steps.left = n
  await compactor.sweep()
  await compactor.sweep()
  endUnkilled()
}

if (import.meta.main) {
  const [connection = '', root = '', n = ''] = process.argv.slice(2)
  await compactUntilKilled(JSON.parse(connection) as Connection, root, Number(n))
}
