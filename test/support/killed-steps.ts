// A process that SIGKILLs itself before its n-th step: a statement, a commit, or a call that changes the disk.
import { writeSync } from 'node:fs'
import type { Db } from '@holdfast/db'
import { type AppendFile, type Disk, nodeDisk } from '../../server/store/disk.ts'

/** Printed when there was no such step. */
export const DONE = 'done'

/** Says that there was no such step, and ends. */
export function endUnkilled(): never {
  writeSync(1, `${DONE}\n`)
  process.exit(0)
}

export class Steps {
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

export function steppedDisk(steps: Steps): Disk {
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

export function steppedDb(db: Db, steps: Steps): Db {
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
