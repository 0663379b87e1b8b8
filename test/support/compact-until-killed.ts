// A process that compacts one recording to the very end and SIGKILLs itself before its n-th step: a statement, a
// commit, or a call that changes the disk. Prints `done` when it has no such step.
// Usage: compact-until-killed.ts <connection as JSON> <root> <n>
import { writeSync } from 'node:fs'
import { type Connection, connectDatabase, type Db } from '@holdfast/db'
import { Compactor } from '../../server/compaction/compactor.ts'
import { createLog } from '../../server/observe/log.ts'
import { createMetrics } from '../../server/observe/metrics.ts'
import { type AppendFile, type Disk, nodeDisk } from '../../server/store/disk.ts'
import { openLocalStore } from '../../server/store/local-store.ts'

/** Printed when there was no such step. */
export const DONE = 'done'

class Steps {
  left: number

  constructor(n: number) {
    this.left = n
  }

  /** The end, when this is the step. */
  next(name: string): void {
    this.left -= 1
    if (this.left !== 0) return
    writeSync(1, `${name}\n`)
    process.kill(process.pid, 'SIGKILL')
    // The signal may take a moment; nothing more happens in it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
}

function steppedDisk(steps: Steps): Disk {
  const step = <R>(name: string, real: () => Promise<R>): Promise<R> => {
    steps.next(name)
    return real()
  }
  const stepped = (file: AppendFile): AppendFile => ({
    writev: (parts) => step('write', () => file.writev(parts)),
    datasync: () => step('datasync', () => file.datasync()),
    sync: () => step('sync', () => file.sync()),
    close: () => file.close(),
  })
  return {
    ...nodeDisk,
    create: (path) => step('create', async () => stepped(await nodeDisk.create(path))),
    syncDirectory: (path) => step('sync of a directory', () => nodeDisk.syncDirectory(path)),
    remove: (path) => step('remove', () => nodeDisk.remove(path)),
  }
}

function steppedDb(db: Db, steps: Steps): Db {
  return new Proxy(db, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name === 'transaction') {
        return (work: (tx: Db) => Promise<unknown>) =>
          target.transaction(async (tx) => {
            const result = await work(steppedDb(tx, steps))
            steps.next('commit')
            return result
          })
      }
      return (...args: unknown[]) => {
        steps.next(`statement by ${String(name)}`)
        return value.apply(target, args)
      }
    },
  })
}

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
  writeSync(1, `${DONE}\n`)
  process.exit(0)
}

if (import.meta.main) {
  const [connection = '', root = '', n = ''] = process.argv.slice(2)
  await compactUntilKilled(JSON.parse(connection) as Connection, root, Number(n))
}
