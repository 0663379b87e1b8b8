// Whether the store that was opened is the one that the ledger's rows point into. Asked at every start: a share that is not
// mounted is an empty folder, and a second server on a folder of its own would store what the first cannot read.
import { claimStore, type Db, readStoreId } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { uuidv7 } from 'uuidv7'
import { STORE_ID, type StoreIdentity } from './store-identity.ts'

/**
 * A ledger that knows no store yet takes this one for its own; then the id lies in the store before the ledger has it, so
 * that a start which ends in between is simply repeated.
 * @throws HoldfastError `store_unknown`, `store_failed`
 */
export async function requireSameStore(db: Db, identity: StoreIdentity): Promise<void> {
  // In this order: what the ledger has named lies there already.
  const known = await readStoreId(db)
  const found = (await identity.read()) ?? (known === null ? await identity.make(uuidv7()) : null)
  const holds = known ?? (await claimStore(db, found ?? ''))
  if (found === holds) return
  const { where } = identity
  const has = found === null ? `has no ${STORE_ID}` : `has ${found} as its ${STORE_ID}`
  throw new HoldfastError('store_unknown', {
    message: `${where} is not the store of this database: it ${has}, and the database belongs to ${holds}. Mount or name the right one; if this is it, restored from a backup, write that id into its ${STORE_ID}.`,
    details: { where, found, holds },
  })
}
