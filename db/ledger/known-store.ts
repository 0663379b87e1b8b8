// Which store the ledger's rows point into. Said once, by the first server that had both: whoever comes with another
// store has a wrong folder or bucket, where not one of the rows would find its bytes.
import { eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { stores } from '../schema.ts'

/** There is one; the road to several begins here. */
const NAME = 'media'

/** null before the first start. */
export async function readStoreId(db: Db): Promise<string | null> {
  const { name, storeId } = stores
  const [row] = await db.select({ storeId }).from(stores).where(eq(name, NAME))
  return row?.storeId ?? null
}

/** Says that it is this one, unless another was said before. @returns the one that holds */
export async function claimStore(db: Db, storeId: string): Promise<string> {
  await db.insert(stores).values({ name: NAME, storeId }).onConflictDoNothing()
  return (await readStoreId(db)) ?? storeId
}
