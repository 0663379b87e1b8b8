// The dying half inside the test's process: finalizers and sweepers on a real ledger. The layout is a plain
// one that says which chunks it saw; what a real file looks like is proven elsewhere.
import { createHash } from 'node:crypto'
import type { Db, Result, Timing } from '@holdfast/db'
import { Finalizer, type FinalizerOptions } from '../../server/finalize/finalizer.ts'
import { gapMsFor, Sweeper, type SweeperOptions } from '../../server/finalize/sweeper.ts'
import { createLog } from '../../server/observe/log.ts'
import { createMetrics } from '../../server/observe/metrics.ts'
import { newResult, type TestLedger } from './ledger.ts'

export const SWEEP_MS = 20

/** As a server is set up, but with times that a test can wait for. */
export const QUICK: Timing = { graceMs: 400, leaseMs: 60_000, gapMs: gapMsFor(SWEEP_MS, 600) }

/** A layout whose etag names the chunks it was made of. */
export function plainLayout(ledger: TestLedger): FinalizerOptions['layOut'] {
  return async (id, generation) => {
    const rows = (await ledger.chunkRows(id)).filter((row) => row.generation <= generation)
    if (rows.length === 0) return null
    const etag = createHash('sha256')
      .update(rows.map(({ seq }) => seq).join())
      .digest('hex')
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
    return newResult({ etag, bytes }) satisfies Result
  }
}

export function newFinalizer(ledger: TestLedger, parts: Partial<FinalizerOptions> = {}) {
  const metrics = createMetrics({ version: 'test', runtime: 'test' })
  metrics.close()
  const finalizer = new Finalizer({
    db: ledger.db,
    timing: QUICK,
    layOut: plainLayout(ledger),
    log: createLog({ level: 'silent' }),
    metrics,
    ...parts,
  })
  return { finalizer, metrics }
}

export function newSweeper(
  ledger: TestLedger,
  parts: Partial<SweeperOptions> & { finalizer: Finalizer },
): Sweeper {
  return new Sweeper({
    db: ledger.db,
    incarnation: 'test',
    timing: QUICK,
    sweepMs: SWEEP_MS,
    flushSignsOfLife: () => Promise.resolve(),
    log: createLog({ level: 'silent' }),
    ...parts,
  })
}

/** A database that fails every statement while `isAway`. */
export function faultyDb(db: Db): { db: Db; state: { isAway: boolean } } {
  const state = { isAway: false }
  const faulty = new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        if (state.isAway) return Promise.reject(new Error('the database is away'))
        return value.apply(target, args)
      }
    },
  })
  return { db: faulty, state }
}
