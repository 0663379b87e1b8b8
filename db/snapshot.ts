// Reading what belongs together, as of one moment: each statement alone would see what was committed before it.
import type { Db } from './client.ts'

const SNAPSHOT = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const

/** Everything that `read` reads from `tx` is of the moment of its first statement. */
export async function atOneMoment<T>(db: Db, read: (tx: Db) => Promise<T>): Promise<T> {
  return await db.transaction(read, SNAPSHOT)
}
