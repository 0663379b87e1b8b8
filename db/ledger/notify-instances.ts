// LISTEN and NOTIFY between the instances on one ledger: that there is something to read, never what.
import { sql } from 'drizzle-orm'
import type { DatabaseClient, Db } from '../client.ts'

const CHANNEL = 'holdfast_events'

/** Resolves when every listening instance was told, those that are away excepted. */
export async function notifyInstances(db: Db, sender: string): Promise<void> {
  await db.execute(sql`select pg_notify(${CHANNEL}, ${sender})`)
}

export type InstanceListener = {
  /** `sender` told. */
  onTold: (sender: string) => void
  /** The listening connection is there, or there again: meanwhile anything may have been told. */
  onListening: () => void
}

/** Resolves with the way to end it. */
export async function listenToInstances(
  client: DatabaseClient,
  { onTold, onListening }: InstanceListener,
): Promise<() => Promise<void>> {
  const listening = await client.sql.listen(CHANNEL, onTold, onListening)
  return () => listening.unlisten()
}
