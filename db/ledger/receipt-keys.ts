// The key pairs that sign receipts: one at a time signs, for all instances. A retired one loses its private half and keeps
// its public one, so that what it signed can still be checked. Never logged.
import { asc, isNull, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { receiptKeys } from '../schema.ts'

export type NewReceiptKey = {
  keyId: string
  /** 32 bytes each, as RFC 8032 has them. */
  publicKey: Uint8Array
  privateKey: Uint8Array
}

export type PublicReceiptKey = Pick<NewReceiptKey, 'keyId' | 'publicKey'> & {
  createdAt: Date
  /** null = it signs. */
  retiredAt: Date | null
}

/** The key that signs now; null before the first one. */
export async function currentReceiptKey(db: Db): Promise<NewReceiptKey | null> {
  const { keyId, publicKey, privateKey } = receiptKeys
  const [row] = await db
    .select({ keyId, publicKey, privateKey })
    .from(receiptKeys)
    .where(isNull(receiptKeys.retiredAt))
  return row?.privateKey ? { ...row, privateKey: row.privateKey } : null
}

/** Nothing changes where a key signs already: whichever instance comes first makes it. */
export async function addReceiptKey(db: Db, fresh: NewReceiptKey): Promise<void> {
  await db.insert(receiptKeys).values(fresh).onConflictDoNothing()
}

/** From here on `fresh` signs; of two rotations at once one takes place. */
export async function rotateReceiptKey(db: Db, fresh: NewReceiptKey): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .update(receiptKeys)
      .set({ retiredAt: sql`now()`, privateKey: null })
      .where(isNull(receiptKeys.retiredAt))
    await addReceiptKey(tx, fresh)
  })
}

/** All that ever signed, oldest first. */
export async function listReceiptKeys(db: Db): Promise<PublicReceiptKey[]> {
  const { keyId, publicKey, createdAt, retiredAt } = receiptKeys
  return await db
    .select({ keyId, publicKey, createdAt, retiredAt })
    .from(receiptKeys)
    .orderBy(asc(createdAt), asc(keyId))
}
