// A process that mends all that it finds, as `holdfast reconcile --rebuild --apply` does, and SIGKILLs itself before its n-th
// step. Prints the step, or that there was none.
// Usage: reconcile-until-killed.ts <connection as JSON> <root> <n>
import { type Connection, connectDatabase } from '@holdfast/db'
import { reconcile } from '../../server/reconcile/reconcile.ts'
import { openLocalStore } from '../../server/store/local-store.ts'
import { endUnkilled, Steps, steppedDb, steppedDisk } from './killed-steps.ts'
import { siteOf } from './reconcile-bed.ts'

const [connection = '', root = '', n = ''] = process.argv.slice(2)
const { db } = connectDatabase(JSON.parse(connection) as Connection, { max: 2 })
const steps = new Steps(Number.POSITIVE_INFINITY)
const disk = steppedDisk(steps)
const store = await openLocalStore({ root, incarnation: `killed${n}`, disk })
const site = { ...siteOf({ db: steppedDb(db, steps), store, root }), isRebuilding: true }
steps.left = Number(n)
await reconcile(site, { isApplying: true, isThorough: true, onFinding: () => undefined })
endUnkilled()
