// Secrets that all instances share. Made once, by whichever instance asks first; never logged.
import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { secrets } from '../schema.ts'

export type SharedSecret = { keyId: string; secret: Uint8Array }

export async function sharedSecret(db: Db, name: string): Promise<SharedSecret> {
  const fresh = { name, keyId: randomBytes(4).toString('hex'), secret: randomBytes(32) }
  await db.insert(secrets).values(fresh).onConflictDoNothing()
  const { keyId, secret } = secrets
  const [row] = await db.select({ keyId, secret }).from(secrets).where(eq(secrets.name, name))
  return row ?? fresh
}
