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
  const stepped =
    <A extends unknown[], R>(name: string, real: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      steps.next(name)
      return await real(...args)
    }
  const file = (real: AppendFile): AppendFile => ({
    writev: stepped('write', real.writev),
    datasync: stepped('datasync', real.datasync),
    sync: stepped('sync', real.sync),
    close: real.close,
  })
  return {
    ...nodeDisk,
    create: stepped('create', async (path) => file(await nodeDisk.create(path))),
    syncDirectory: stepped('sync of a directory', nodeDisk.syncDirectory),
    remove: stepped('remove', nodeDisk.remove),
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

const [connection = '', root = '', n = ''] = process.argv.slice(2)
const client = connectDatabase(JSON.parse(connection) as Connection, { max: 2 })
const steps = new Steps(Number.POSITIVE_INFINITY)
const store = await openLocalStore({ root, incarnation: `killed${n}`, disk: steppedDisk(steps) })
const metrics = createMetrics({ version: 'test', runtime: 'test' })
metrics.close()
const compactor = new Compactor({
  ...{ db: steppedDb(client.db, steps), store, afterMs: 3_600_000, keepMs: 0, leaseMs: 60_000 },
  ...{ forget: () => undefined, log: createLog({ level: 'silent' }), metrics },
})
steps.left = Number(n)
await compactor.sweep()
await compactor.sweep()
writeSync(1, 'done\n')
process.exit(0)
